"""Pairs and sources as every maker writes them: ids and groups come from what they say, never from chance."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from finetuning.pairs.contract import Pair, Source
from finetuning.pairs.rows import plain

if TYPE_CHECKING:
    from finetuning.pairs.contract import Kind
    from plant.store.contract import Document, Passage


def source_of(document: Document, passage: Passage, start: int, end: int) -> Source:
    """Returns where words of a passage stand."""
    return Source(
        document=document.name,
        sha256=document.sha256,
        page=passage.page,
        label=passage.label,
        section=passage.section,
        passage=passage.text,
        start=start,
        end=end,
        quote=passage.text[start:end],
    )


def pair_of(
    question: str,
    kind: Kind,
    language: str,
    maker: str,
    *,
    document: Document | None = None,
    source: Source | None = None,
) -> Pair:
    """Returns a pair whose id and group come from what it says, so that making it again gives the same.

    Pairs of one passage share their group: a row's code, meaning and remedy are one fact.

    Args:
        question: As it is asked.
        kind: What it asks for.
        language: The question's.
        maker: Who made it.
        document: The manual it is asked about, for one without an answer.
        source: The words that answer.
    """
    if source is not None:
        sha256, told = source.sha256, f"{source.page}/{_digest(source.passage)}"
    else:
        sha256, told = document.sha256 if document else "", f"nothing/{plain(question)}"
    group = f"{sha256[:12]}/{told}"
    return Pair(
        id=f"{kind}-{_digest(group, question, source.quote if source else '')}",
        question=question,
        kind=kind,
        language=language,
        group=group,
        maker=maker,
        document=source.document if source else document.name if document else "",
        source=source,
    )


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
