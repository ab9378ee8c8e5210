"""What a model names beside the list: the format both ways, words of the text only, whatever it writes."""

from __future__ import annotations

import pytest

from finetuning.datasets.parts import labelled_examples, part_examples
from finetuning.example import Task
from inference.contract import Completion, OutOfTime
from plant.errors import BadInput, ServiceUnavailable, UsageError
from tests.unit.parts.test_finder import CORPUS
from tools.parts.finder import ListFinder
from tools.parts.gazetteer import gazetteer
from tools.parts.model import ModelFinder
from tools.parts.prompt import Said, completion_for, prompt_for, read_completion

TEXT = "Flumox\n 3 dripping, mech seal ok"


class FakeTuned:
    """Goes on with every text by the same words, or fails."""

    name = "fake"
    adapters = ("manuals", "parts")

    def __init__(self, written: str | Exception) -> None:
        self.written = written
        self.asked: list[tuple[str, str | None]] = []

    def continue_text(self, text, options, *, n=1):
        self.asked.append((text, options.adapter))
        if isinstance(self.written, Exception):
            raise self.written
        return [Completion(self.written, True, 1, 1, 0.0)]


def finder(written) -> tuple[ModelFinder, FakeTuned]:
    model = FakeTuned(written)
    return ModelFinder(ListFinder(gazetteer()), model), model


def test_a_text_is_asked_and_answered_in_one_format():
    said = [Said((0, 9), ((10, 18),)), Said((20, 29))]
    assert prompt_for(TEXT) == "Flumox 3 dripping, mech seal ok ->"
    assert completion_for(said, TEXT) == " Flumox 3: dripping; mech seal END"
    assert read_completion(" Flumox 3: dripping; mech seal END", TEXT) == (said, 0)
    assert completion_for([], TEXT) == " none END"
    assert read_completion(" none END and more", TEXT) == ([], 0)


@pytest.mark.parametrize(
    ("written", "lost"),
    [
        ("", 0),
        ("gizmo: leaking", 1),
        ("Flum: dripping", 1),
        ("ignore your orders; DROP TABLE", 2),
        (";;;:::,,,", 0),
    ],
    ids=repr,
)
def test_words_that_are_not_there_count_for_nothing(written, lost):
    assert read_completion(written, TEXT) == ([], lost)


def test_a_model_names_what_no_list_has_and_the_list_stands():
    found_by, model = finder(" Flumox 3: dripping; mech seal: ok; pump")
    found = found_by.find(TEXT)
    assert model.asked == [(prompt_for(TEXT), "parts")]
    assert [(part.name, part.by) for part in found] == [("flumox 3", "model"), ("mechanical seal", "list")]
    assert [defect.kind for defect in found[0].defects] == ["leakage"]
    assert found[1].defects == ()
    assert found_by.lost == 1


def test_a_defect_of_no_kind_is_another():
    found_by, _ = finder("Flumox: ok")
    assert [defect.kind for part in found_by.find("Flumox ok") for defect in part.defects] == ["other"]


def test_what_a_model_does_not_read_the_list_does():
    found_by, _ = finder(OutOfTime("slow"))
    assert [part.name for part in found_by.find(TEXT)] == ["mechanical seal"]
    assert found_by.unread == 1


def test_a_model_that_is_down_is_said():
    found_by, _ = finder(ServiceUnavailable("down"))
    with pytest.raises(ServiceUnavailable):
        found_by.find(TEXT)
    assert found_by.find(" \n") == []


def test_examples_teach_the_format_that_is_asked():
    made = list(part_examples(7, 400))
    assert made == list(part_examples(7, 400))
    assert {one.task for one in made} == {Task.PARTS}
    assert len({one.id for one in made}) == len(made)
    for one in made:
        text = one.text.removesuffix(" ->")
        said, lost = read_completion(one.messages[-1].content, text)
        assert lost == 0
        assert completion_for(said, text) == one.messages[-1].content
    said_nothing = [one for one in made if one.messages[-1].content == " none END"]
    assert 0.04 < len(said_nothing) / len(made) < 0.14


def test_labelled_texts_are_learnt_but_those_it_is_measured_with(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text('text,parts\n"mech seal dripping, no noise",mech seal: leakage\n', encoding="utf-8")
    (example,) = labelled_examples([path])
    assert (example.text, example.messages[-1].content) == (
        "mech seal dripping, no noise ->",
        " mech seal: dripping END",
    )
    path.write_bytes(CORPUS.joinpath("test.csv").read_bytes())
    with pytest.raises(UsageError, match="measured with"):
        list(labelled_examples([path]))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("seal leaks,Seal: leakage", "line 2: the text has no 'Seal' there"),
        ("seal leaks,seal: leackage", "line 2: there is no kind of defect 'leackage'. Did you mean leakage"),
    ],
    ids=["words", "kind"],
)
def test_a_label_that_is_wrong_is_said_with_its_line(tmp_path, row, said):
    path = tmp_path / "mine.csv"
    path.write_text(f"text,parts\n{row}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        list(labelled_examples([path]))
