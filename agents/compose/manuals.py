"""Sentences about the manuals: `tools/manuals/tool.py` names their facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.compose.speech import Speech, marks

if TYPE_CHECKING:
    from plant.facts import Fact, ToolResult


def manual(result: ToolResult, speech: Speech) -> list[str]:
    """Returns the quotes, each with its page, warnings after them; nothing is rephrased.

    Words that a model pointed at come with the row or the sentences that they stand in. Where two manuals answer
    differently, that is said first.
    """
    said = [_quote(result, fact) for fact in result.named("quote")]
    if result.first("quote.disagree"):
        said.insert(0, speech.pick("The manuals do not agree.", "Les manuels ne disent pas la même chose."))
    warnings = [speech.pick("Warning, {}", "Attention, {}").format(_quote(result, w)) for w in result.named("warning")]
    return said + warnings


def _quote(result: ToolResult, quote: Fact) -> str:
    title = _title(result, quote)
    around = next((fact for fact in result.named("quote.context") if fact.source == quote.source), None)
    if around is None or around.value == quote.value:
        return f"{title}: {_quoted(quote)}{marks([quote])}"
    return f"{_quoted(quote)} ({title}: {_quoted(around)}){marks([quote])}"


def _title(result: ToolResult, quote: Fact) -> str:
    """Returns where a quote stands, with the revision of its manual where manuals do not agree."""
    evidence = next(one for one in result.evidence if one.id == quote.source)
    revision = evidence.detail.get("revision") if result.first("quote.disagree") else ""
    return f"{evidence.title} ({revision})" if revision else evidence.title


def _quoted(fact: Fact) -> str:
    return f"“{' '.join(str(fact.value).split())}”"
