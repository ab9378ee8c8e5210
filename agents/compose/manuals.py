"""Sentences about the manuals: `tools/manuals/tool.py` names their facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.compose.speech import Speech, marks

if TYPE_CHECKING:
    from plant.facts import Fact, ToolResult


def manual(result: ToolResult, speech: Speech) -> list[str]:
    """Returns the quotes, each with its page, warnings after them; nothing is rephrased."""
    said = [_quote(result, fact) for fact in result.named("quote")]
    warnings = [speech.pick("Warning, {}", "Attention, {}").format(_quote(result, w)) for w in result.named("warning")]
    return said + warnings


def _quote(result: ToolResult, quote: Fact) -> str:
    title = next((e.title for e in result.evidence if e.id == quote.source), "")
    return f"{title}: “{' '.join(str(quote.value).split())}”{marks([quote])}"
