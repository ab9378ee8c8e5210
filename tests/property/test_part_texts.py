"""Whatever a text is made of, what is found in it is words of it, in order, and never twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tools.parts.defects import defect_words
from tools.parts.finder import ListFinder
from tools.parts.gazetteer import gazetteer, packaged
from tools.parts.prompt import ASK, completion_for, prompt_for, read_completion

FINDER = ListFinder(gazetteer())
SPELLINGS = sorted(spelling for name, spellings in packaged() for spelling in (name, *spellings))
SAID = [
    "no",
    "not",
    "pas de",
    "if",
    "check",
    "leak",
    "worn",
    "usé",
    "noisy",
    "gone",
    "none",
    "and",
    "of the",
    "at",
    "ne",
    "plus",
    "oil",
]
PIECES = st.one_of(
    st.sampled_from(SPELLINGS), st.sampled_from(SAID), st.sampled_from([*".,;:!?()-/\n\t'"]), st.text(max_size=8)
)
TEXTS = st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=200)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_findings_are_words_of_the_text_in_order(text: str) -> None:
    end = 0
    for part in FINDER.find(text):
        assert end <= part.start < part.end
        assert text[part.start : part.end] == part.text
        end = part.end
        for defect in part.defects:
            assert text[defect.start : defect.end] == defect.text
            assert defect.kind in defect_words().kinds


@given(TEXTS, st.text(max_size=60) | TEXTS)
@settings(max_examples=200, deadline=None)
def test_what_a_model_writes_is_read_as_words_of_the_text(text: str, written: str) -> None:
    said, lost = read_completion(written, text)
    assert lost >= 0
    for one in said:
        assert all(0 <= start < end <= len(text) for start, end in (one.part, *one.defects))
    assert prompt_for(text).endswith(ASK)
    again, _ = read_completion(completion_for(said, text), text)
    assert len(again) <= len(said)
