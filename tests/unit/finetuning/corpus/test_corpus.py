"""The folder of manuals: the same for the same seed, in every format; its questions find their answers in a store."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from finetuning.corpus.blocks import Fact, Format
from finetuning.corpus.families import load_family
from finetuning.corpus.folder import MANIFEST, read_manifest, write_corpus
from finetuning.corpus.manual import write_manual
from finetuning.corpus.questions import locate, manual_pairs
from finetuning.corpus.rendering import render
from finetuning.corpus.slots import capital
from finetuning.pairs.contract import Kind
from ingestion.manuals.index import add_manual
from plant.errors import BadInput, ExitCode, ServiceUnavailable, UsageError
from plant.store.contract import Passage
from plant.store.sqlite import open_store
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from finetuning.pairs.contract import Pair

FAMILY = "gearbox"


def _passage(text: str, *, section: str = "", kind: str = "table") -> Passage:
    return Passage(0, "m.pdf", 1, "1", section, kind, text, "")


@pytest.mark.parametrize("kind", list(Format))
def test_a_seed_gives_the_same_file_and_another_seed_another(kind: Format) -> None:
    family = load_family(FAMILY, "en")
    assert family is not None
    first, again, other = (render(write_manual(family, "RG 160", seed), kind) for seed in ("1", "1", "2"))

    assert first == again
    assert first != other


def test_a_folder_that_is_made_again_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    write_corpus(tmp_path, seed=7, variants=2, only=[FAMILY])
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / MANIFEST).unlink()  # as if killed before the end
    next(tmp_path.glob("*manual*")).write_bytes(b"half")
    manifest = write_corpus(tmp_path, seed=7, variants=2, only=[FAMILY])

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert read_manifest(tmp_path) == manifest
    assert {entry.language for entry in manifest.manuals} == {"en", "fr"}


@pytest.fixture(scope="module", params=list(Format))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[Pair]]:
    """Passages by text, and pairs, of manuals in one format that were added to a store."""
    folder = tmp_path_factory.mktemp("corpus")
    manifest = write_corpus(folder, seed=3, variants=1, formats=[request.param], only=[FAMILY])
    pairs, passages = [], {}
    with open_store(folder / "plant.db") as store:
        for entry in manifest.manuals:
            add_manual(store, folder / entry.file)
        for document in store.documents():
            entry = next(entry for entry in manifest.manuals if entry.file == document.name)
            read = store.document_passages(document.name)
            passages |= {passage.text: entry.model for passage in read}
            pairs += manual_pairs(entry, document, read)
    return passages, pairs


def test_answers_are_verbatim_words_of_a_passage_that_was_read(made: tuple[dict[str, str], list[Pair]]) -> None:
    passages, pairs = made

    for pair in pairs:
        if pair.source is None:
            assert pair.kind is Kind.UNANSWERABLE
        else:
            assert pair.source.passage in passages
            assert pair.source.passage[pair.source.start : pair.source.end] == pair.source.quote != ""
    assert {pair.kind for pair in pairs} >= {Kind.FAULT, Kind.SPECIFICATION, Kind.PROCEDURE, Kind.UNANSWERABLE}
    assert len({pair.id for pair in pairs}) == len(pairs)


def test_most_questions_find_their_answer_whatever_the_format(made: tuple[dict[str, str], list[Pair]]) -> None:
    _, pairs = made
    asked = {pair.group for pair in pairs if pair.source}

    assert len(asked) >= 44  # of 54 in two manuals


def test_a_question_names_the_machine_and_has_no_slot_left(made: tuple[dict[str, str], list[Pair]]) -> None:
    passages, pairs = made

    assert all(any(model in pair.question for model in set(passages.values())) for pair in pairs)
    assert not [pair for pair in pairs if "{" in pair.question]


@pytest.mark.parametrize(
    ("fact", "passage", "quote"),
    [
        (
            Fact("spec.flow.value", "40 m³/h", ("Rated flow", "KP-40"), "KP-40"),
            _passage("Parameter: Rated flow\nKP-30: 40 m³/h\nKP-40: 40 m³/h"),
            (44, 51),
        ),
        (Fact("spec.flow.value", "4 bar", ("Pressure",)), _passage("Flow: 14 bar\nPressure 4\nbar"), (22, 27)),
        (Fact("spec.flow.value", "4 bar", ("Pressure",)), _passage("Pressure 14 bar"), None),
        (Fact("fault.a.name", "Low flow", ("E07",)), _passage("Low flow", section="E07 Low flow"), (0, 8)),
        (Fact("fault.a.name", "Low flow", ("E08",)), _passage("Low flow", section="E07 Low flow"), None),
        (Fact("procedure.a", "", ("Stop.", "Start.")), _passage("1. Stop.\n2. Start.", kind="procedure"), (0, 18)),
        (Fact("procedure.a", "", ("Stop.", "Start.")), _passage("1. Stop.", kind="procedure"), None),
        (Fact("warning.a", "", ("Hot.",)), _passage("Hot.", kind="paragraph"), None),
    ],
    ids=[
        "column",
        "after its name, over a line's end",
        "part of a number",
        "heading",
        "another",
        "whole",
        "cut",
        "kind",
    ],
)
def test_a_fact_is_located_by_its_words_and_what_is_near(
    fact: Fact, passage: Passage, quote: tuple[int, int] | None
) -> None:
    found = locate(fact, [passage])

    assert (found and found[1:]) == quote


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("below 3", "Below 3"),
        ("à chaud", "À chaud"),
        ("ePM1 60 %", "ePM1 60 %"),
        ("i = 12.5", "i = 12.5"),
        ("40 l", "40 l"),
    ],
)
def test_a_capital_is_for_words_only(text: str, expected: str) -> None:
    assert capital(text) == expected


def test_the_command_writes_the_folder_and_says_what_is_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["finetune", "corpus", "--out", str(tmp_path / "c"), "--variants", "1", "--families", "ups,gearbox"]

    assert main([*arguments, "--formats", "md", "--json"]) == ExitCode.ANSWERED
    said = json.loads(capsys.readouterr().out)
    assert said["splits"] == {"train": 2, "validation": 2}
    assert said["languages"] == {"en": 2, "fr": 2}
    assert len(list((tmp_path / "c").glob("*.md"))) == said["manuals"] == 4


def test_bad_arguments_are_said_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no family 'gearbx'") as caught:
        write_corpus(tmp_path, seed=1, only=["gearbx"])
    assert "gearbox" in str(caught.value.hint)
    assert main(["finetune", "corpus", "--out", str(tmp_path), "--formats", "odt"]) == ExitCode.USAGE
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInput, match="cannot be written"):
        write_corpus(tmp_path / "file", seed=1, variants=1, formats=[Format.MARKDOWN], only=[FAMILY])


def test_a_folder_without_manifest_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"manifest\.json cannot be read"):
        read_manifest(tmp_path)
    (tmp_path / MANIFEST).write_text('{"seed": 1}')
    with pytest.raises(BadInput, match=r"manifest\.json cannot be read"):
        read_manifest(tmp_path)


def test_without_reportlab_a_pdf_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "finetuning.corpus.rendering.pdf", None)

    with pytest.raises(ServiceUnavailable, match="reportlab"):
        write_corpus(tmp_path, seed=1, variants=1, formats=[Format.PDF], only=[FAMILY])
