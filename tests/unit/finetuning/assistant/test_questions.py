"""The questions of the evaluation: each quote stands on one page of the file its maker would send, with its answers."""

from __future__ import annotations

from collections import Counter

import pytest

from finetuning.assistant.library import Library
from finetuning.assistant.matching import plain
from finetuning.assistant.questions import Split, load_questions, manual_files
from finetuning.assistant.sources import read_source, write_source
from finetuning.pairs.contract import Kind
from plant.errors import BadInput
from plant.store.sqlite import open_store

pytest.importorskip("reportlab", reason="it writes the manuals that are PDFs: pip install reportlab")

HEADER = '+++\ntitle = "T"\ndocument = "{}"\nlayout = "one column"\nlanguage = "en"\nmodel = "T 1"\n+++\n'
ASKED = '[[question]]\nid = "a"\nquestion = "?"\nlanguage = "en"\n'


@pytest.mark.parametrize("split", list(Split))
def test_each_quote_stands_on_one_page_and_has_the_answers(split, tmp_path):
    questions = load_questions(split)
    with open_store(tmp_path / "manuals.db") as store:
        library = Library(store, tmp_path)
        library.add(manual_files(split), lambda _: None)
        for one in questions:
            places = library.places(one)
            assert bool(places) == one.answerable, one.id
            assert [answer for answer in one.answers if plain(answer) not in plain(one.quote)] == [], one.id


def test_there_are_questions_enough_of_every_sort():
    questions = load_questions(Split.TEST)
    kinds = Counter(one.kind for one in questions)
    languages = Counter(one.language for one in questions)
    assert len(questions) >= 300
    assert kinds[Kind.UNANSWERABLE] >= 60
    assert languages["fr"] >= 60
    assert set(kinds) == set(Kind)
    assert {one.id for one in questions}.isdisjoint(one.id for one in load_questions(Split.DEV))


@pytest.mark.parametrize("ending", ["pdf", "docx", "html", "md", "txt"])
def test_a_manual_says_the_same_in_every_format(ending, tmp_path):
    body = (
        "# 1 Use\n\nA **bold** word.\n\nWARNING: Hot surface.\n\n1. Stop it.\n2. Drain it.\n   - all of it\n\n"
        "\\newpage\n\n## 1.1 Data\n\n| Item | Value |\n|---|---|\n| Mass | 395 kg |\n| Noise | 68 dB |\n| Oil | 2 l |\n"
    )
    path = tmp_path / "t.md"
    path.write_text(HEADER.format(f"t.{ending}") + body, encoding="utf-8")
    (tmp_path / "out").mkdir()
    with open_store(tmp_path / "manuals.db") as store:
        library = Library(store, tmp_path / "out")
        library.add([path], lambda _: None)
        texts = [" ".join(one.text.split()) for one in store.document_passages(f"t.{ending}")]
    for said in ("A bold word.", "WARNING: Hot surface.", "Drain it. all of it"):
        assert any(said in text for text in texts), (said, texts)
    assert any("Mass" in text and "395 kg" in text and "68 dB" not in text for text in texts)
    assert not any("newpage" in text for text in texts)


def test_the_same_manual_gives_the_same_bytes(tmp_path):
    source = read_source(manual_files(Split.DEV)[0])
    once, again = (write_source(source, tmp_path / name).read_bytes() for name in ("a", "b"))
    assert once == again


@pytest.mark.parametrize("text", ["# no header", HEADER.format("t.odt") + "x", "+++\ntitle = 1\n+++\nx"])
def test_a_manual_that_is_not_as_it_should_be_is_a_sentence(text, tmp_path):
    path = tmp_path / "t.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"t\.md"):
        read_source(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('kind = "fault"\n', "must have a quote and answers"),
        ('kind = "unanswerable"\nquote = "x"\n', "neither quote nor answers"),
        ('kind = "riddle"\n', "is not a file of questions"),
        ('kind = "unanswerable"\ncolour = "red"\n', "colour"),
        ('kind = "unanswerable"\n' + ASKED + 'kind = "unanswerable"\n', "have the id 'a'"),
        ('kind = "unanswerable"\n', "no manual"),
    ],
)
def test_questions_that_are_not_as_they_should_be_are_a_sentence(text, told, tmp_path):
    folder = tmp_path / "questions" / "dev"
    folder.mkdir(parents=True)
    (folder / "t.toml").write_text(ASKED + text, encoding="utf-8")
    with pytest.raises(BadInput, match=told):
        load_questions(Split.DEV, tmp_path)


def test_a_quote_that_is_not_there_is_said(tmp_path):
    for kind, name, text in (
        ("manuals", "t.md", HEADER.format("t.html") + "# 1 Use\n\nStop it.\n"),
        ("questions", "t.toml", f'{ASKED}kind = "text"\nquote = "Start it."\nanswers = ["Start it"]\n'),
    ):
        (tmp_path / kind / "dev").mkdir(parents=True)
        (tmp_path / kind / "dev" / name).write_text(text, encoding="utf-8")
    with open_store(tmp_path / "manuals.db") as store:
        library = Library(store, tmp_path)
        library.add(manual_files(Split.DEV, tmp_path), lambda _: None)
        with pytest.raises(BadInput, match="stands on 0 pages"):
            library.places(load_questions(Split.DEV, tmp_path)[0])
