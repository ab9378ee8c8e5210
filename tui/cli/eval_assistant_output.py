"""What `millhand eval assistant` prints: a row a way, groups of the way that is held to the goals, comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finetuning.assistant.goals import HELD
from tui.cli.eval_output import aligned, brief, share_text
from tui.cli.graph_output import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finetuning.assistant.report import Group, Paired, Report, WayReport

_INDENT: Final = 4
_LEGEND: Final = (
    "Shares are in percent, in brackets Wilson's 95 % interval; what each is of: finetuning/assistant/report.py."
)


def report_lines(report: Report) -> list[str]:
    """Lays out the figures of a run."""
    answerable = sum(one.question.answerable for one in report.asked)
    head = (
        f"{report.split}: {len(report.asked)} questions on {len(report.manuals)} manuals,"
        f" {len(report.asked) - answerable} of them unanswerable"
    )
    lines = [wrapped(head, _INDENT), "", *_ways(report.ways), "", *_more(report.ways), ""]
    held = report.way(HELD) or next(iter(report.ways), None)
    if held is not None:
        lines += [*_groups(held), ""]
    recall = ", ".join(f"{share_text(share)} at {depth}" for depth, share in report.recall.items())
    remarks = [
        f"retrieval finds the passage that answers: {recall}; shown to a model: {share_text(report.shown)}",
        *(_paired(pair) for pair in report.paired),
        *report.left_out,
        _LEGEND,
    ]
    return [*lines, *(wrapped(line, _INDENT) for line in remarks)]


def _ways(ways: list[WayReport]) -> list[str]:
    rows: list[tuple[str, ...]] = [("", "right", "page", "answered", "abstained", "off page")]
    for way in ways:
        all_ = way.figures.all
        cells = (brief(all_.right), brief(all_.page), brief(all_.answered), brief(all_.abstained))
        rows.append((way.name, *cells, str(way.figures.off_page)))
    return aligned(rows)


def _more(ways: list[WayReport]) -> list[str]:
    rows: list[tuple[str, ...]] = [
        ("", "exact", "number", "F1", "BLEU", "ROUGE-L", "contained", "ppl", "median s", "p95 s", "MB")
    ]
    for way in ways:
        figures = way.figures
        shares = (figures.exact.share, figures.number.share, figures.f1.mean)
        alike = (figures.likeness.bleu, figures.likeness.rouge_l)
        rows.append(
            (
                way.name,
                *(_percent(one) for one in (*shares, *alike, figures.all.contained.share)),
                "-" if figures.perplexity is None else f"{figures.perplexity:.3g}",
                f"{figures.seconds['median']:.2f}",
                f"{figures.seconds['p95']:.2f}",
                "-" if way.bytes is None else f"{way.bytes / 1e6:.1f}",
            )
        )
    return aligned(rows)


def _groups(way: WayReport) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [(way.name, "asked", "right", "page", "answered", "abstained")]
    for name, groups in way.figures.by.items():
        rows.append((f"by {name}", "", "", "", "", ""))
        rows += [(f"  {key}", *_cells(group)) for key, group in groups.items()]
    yield from aligned(rows)


def _cells(group: Group) -> tuple[str, ...]:
    shares = (group.right, group.page, group.answered, group.abstained)
    return (str(group.questions), *(brief(share) for share in shares))


def _paired(pair: Paired) -> str:
    what = "right or rightly refused" if pair.measure == "good" else "with the reference in what is quoted"
    return (
        f"{pair.first} against {pair.second}, {what}: {pair.only_first} to {pair.only_second},"
        f" p = {pair.p:.2g} (McNemar, exact, two-sided)"
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
