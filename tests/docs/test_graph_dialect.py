"""What docs/graph.md says of the dialect is what the probes gave."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.graph.small_plant import corpus, probes

PAGE = (Path(__file__).parents[2] / "docs" / "graph.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## Engines and dialects")[2].partition("\n## ")[0]


def told(after: str) -> set[str]:
    """Returns the queries of the table that follows a sentence."""
    table = SECTION.partition(after)[2].lstrip().partition("\n\n")[0]
    return {query.replace(r"\|", "|") for query in re.findall(r"^\| `((?:[^`\\]|\\.)+)` \|", table, re.MULTILINE)}


def test_the_page_has_every_query_that_the_engines_answer_differently() -> None:
    passing = [probe for probe in probes() if probe.guard == "passes"]
    differ = {probe.query for probe in passing if probe.neo4j != probe.kglite}
    assert told("These do not:") == differ
    assert f"{len(probes())} probes" in SECTION
    assert f"{len(passing) - len(differ)} give the same rows" in SECTION


def test_the_page_has_every_query_that_the_guard_refuses() -> None:
    assert told("though they only read:") == {probe.query for probe in probes() if probe.guard == "refused"}


def test_the_page_counts_the_corpora() -> None:
    good = len(corpus("good")) + len(corpus("good_unread"))
    assert f"{len(corpus('attacks'))} attacks" in PAGE
    assert f"{good} good queries" in PAGE
