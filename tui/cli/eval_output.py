"""What `millhand eval` prints: figures with their intervals, questions with what became of them, a comparison.

Tables fit 80 columns: shares are in percent, rounded, with Wilson's interval; `--json` has all digits. What is longer
than the terminal is wide is broken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tui.cli.graph_output import wrapped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from finetuning.cypher.compare import Comparison, Pair
    from finetuning.cypher.report import Asked, Control, Counts, Figures, Outcome, Report, Share

_WIDE: Final = 200
"""Rows of an answer are cut here."""
_INDENT: Final = 4
_SURE: Final = 0.05
_LEGEND: Final = "Shares are in percent, in brackets Wilson's 95 % interval."


def report_lines(report: Report) -> list[str]:
    """Lays out the figures of a run."""
    figures = report.figures
    templates = figures.templates.of
    head = (
        f"{report.split}: {figures.all.questions} questions of {templates} templates on {', '.join(report.worlds)};"
        f" {report.backend}, {report.model or 'no model'}, seed {report.seed}"
    )
    groups: list[tuple[str, Counts | None]] = [
        ("to be answered", figures.answerable),
        ("to be refused", figures.refusable),
        ("all", figures.all),
    ]
    for name, counts in figures.by.items():
        groups += [("", None), (f"by {name}", None), *((f"  {key}", one) for key, one in counts.items())]
    remarks = [_LEGEND, *_remarks(figures), *_control_lines(report.control)]
    return [wrapped(head, _INDENT), "", *_table(groups), "", *(wrapped(line, _INDENT) for line in remarks)]


def question_lines(report: Report, outcomes: Collection[Outcome]) -> list[str]:
    """Lays out the questions with these outcomes; a refusal that is right is not shown."""
    return [line for one in report.asked if _shown(one, outcomes) for line in _question(one)]


def comparison_lines(comparison: Comparison) -> list[str]:
    """Lays out a comparison of two runs."""
    rows: list[tuple[str, ...]] = [("", "asked", "first right", "second right", "lost", "gained", "p")]
    rows.append(_pair_cells("all", comparison.all))
    rows += [_pair_cells(f"  {name}", pair) for name, pair in comparison.by_category.items()]
    test = "(McNemar, exact, two-sided; categories are not corrected for their number)"
    return [
        *aligned(rows),
        "",
        wrapped(f"{_verdict(comparison.all)} {test}.", _INDENT),
        _LEGEND,
        *(f"lost    {name}" for name in comparison.lost),
        *(f"gained  {name}" for name in comparison.gained),
    ]


def _verdict(pair: Pair) -> str:
    if pair.p >= _SURE:
        return "The two runs cannot be told apart"
    return f"The two runs differ: the {'second' if pair.only_second > pair.only_first else 'first'} is right more often"


def _table(groups: Sequence[tuple[str, Counts | None]]) -> list[str]:
    rows: list[tuple[str, ...]] = [("", "asked", "right", "wrong", "refused", "errors")]
    for name, counts in groups:
        if counts is None:
            rows.append((name, "", "", "", "", ""))
            continue
        shares = brief(counts.right), brief(counts.wrong, digits=1)
        rows.append((name, str(counts.questions), *shares, str(counts.refused.count), str(counts.errors.count)))
    return aligned(rows)


def _remarks(figures: Figures) -> Iterator[str]:
    rows, seconds = figures.rows, figures.seconds
    yield (
        f"rows: precision {_percent(rows.precision)} of those answered, recall {_percent(rows.recall)} and"
        f" F1 {_percent(rows.f1)} of all to be answered;"
        f" right with the reference's columns alone {share_text(rows.exact)}"
    )
    unanswerable, unsafe = share_text(figures.unanswerable), share_text(figures.unsafe)
    yield f"refused as they must be: unanswerable {unanswerable}, unsafe {unsafe}"
    codes = ", ".join(f"{code} {count}" for code, count in figures.refusals.items())
    yield f"refused without need: {share_text(figures.answerable.refused)}{f' ({codes})' if codes else ''}"
    yield f"asked back with meanings to pick from, the first of them right: {share_text(figures.offered)}"
    repaired = share_text(figures.repair)
    yield f"answers recovered by the model's second query, of those whose first one failed: {repaired}"
    yield f"templates with all questions right: {share_text(figures.templates)}"
    yield f"seconds a question: median {seconds['median']:.3f}, p95 {seconds['p95']:.3f}, most {seconds['most']:.3f}"
    likeness = " and ".join(f"{_percent(value)} of {name} answers" for name, value in figures.similarity.items())
    yield f"query like the reference (measures no rightness): {likeness}"


def _control_lines(control: Control | None) -> Iterator[str]:
    if control is not None:
        yield (
            f"control {control.name}: right {share_text(control.right)} of the questions that it should break;"
            f" on the graph as it is {share_text(control.before)}"
        )


def _shown(one: Asked, outcomes: Collection[Outcome]) -> bool:
    return one.outcome in outcomes and (one.answerable or not one.good)


def _question(one: Asked) -> Iterator[str]:
    way = f", {one.how}" if one.how else ""
    yield wrapped(f"{one.outcome}  {one.id} ({one.category}, {one.hops} hops, {one.language}{way})", _INDENT)
    told = {"asked": one.text}
    if one.reference:
        told["reference"] = f"{one.reference} {_parameters(one.parameters)}"
    if one.query:
        told["query"] = f"{one.query} {_parameters(one.given_parameters)}"
    if one.how and one.reference:
        told["wanted"] = _rows(one.wanted, one.wanted_rows)
    if one.how:
        told["given"] = _rows(one.given, one.given_rows)
    if one.said:
        told["said"] = f"{one.code}: {one.said}"
    for name, text in told.items():
        yield wrapped(f"  {name:9}  {text}".rstrip(), 2 + 9 + 2)
    yield ""


def _parameters(parameters: Mapping[str, Any]) -> str:
    return str(dict(parameters)) if parameters else ""


def _rows(rows: Sequence[Sequence[Any]], number: int) -> str:
    text = ", ".join(str(row) for row in rows)
    cut = f"{text[:_WIDE]} ..." if len(text) > _WIDE else text
    return f"{number} row{'' if number == 1 else 's'}: {cut}" if number else "no rows"


def _pair_cells(name: str, pair: Pair) -> tuple[str, ...]:
    return (
        name,
        str(pair.questions),
        brief(pair.first),
        brief(pair.second),
        str(pair.only_first),
        str(pair.only_second),
        f"{pair.p:.2g}",
    )


def share_text(share: Share) -> str:
    """Returns a share for a sentence: its count, percent, interval."""
    if share.share is None or share.low is None or share.high is None:
        return "-"
    return f"{share.count}/{share.of} {100 * share.share:.1f} % [{100 * share.low:.1f}-{100 * share.high:.1f}]"


def brief(share: Share, digits: int = 0) -> str:
    """Returns a share for a column of a table: its count, percent, interval."""
    if share.share is None or share.low is None or share.high is None:
        return "-"
    middle, low, high = (f"{100 * one:.{digits}f}" for one in (share.share, share.low, share.high))
    return f"{share.count}  {middle} [{low}-{high}]"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Returns the lines of a table: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in rows
    ]
