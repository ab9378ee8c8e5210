"""A report as a page of HTML of its own: figures, worst answers, and what base and tuned say, side by side.

All that comes from a manual, a question or a model is escaped; the page fetches nothing and runs nothing.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from finetuning.assistant.goals import HELD, figures_held, missed
from finetuning.cypher.report import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from finetuning.assistant.report import Answer, Asked, Group, Mean, Report, WayReport
    from finetuning.cypher.report import Share

_STYLE: Final = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;margin:.6rem 0 1.6rem;width:100%}"
    "th,td{border-bottom:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{background:#f2f2f2}small{color:#555}.right{color:#0a5c2b}.wrong{color:#a11212}.refused{color:#6b5200}"
)
_MARKS: Final = {Outcome.RIGHT: "right", Outcome.WRONG: "wrong", Outcome.REFUSED: "no answer"}


def to_html(report: Report) -> str:
    """Returns the page."""
    body = "\n".join(_sections(report))
    title = f"millhand eval assistant, {report.split}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _sections(report: Report) -> Iterator[str]:
    unanswerable = sum(not one.question.answerable for one in report.asked)
    manuals = ", ".join(report.manuals)
    yield _said(f"{len(report.asked)} questions, {unanswerable} of them unanswerable, on: {manuals}.")
    for line in report.left_out:
        yield _said(line)
    yield "<h2>Ways</h2>"
    yield _ways(report.ways)
    yield "<h2>Goals</h2>"
    yield _goals(report)
    yield "<h2>Retrieval</h2>"
    recall = [*((f"at {depth}", share) for depth, share in report.recall.items()), ("shown to a model", report.shown)]
    yield _table(("the passage that answers", "share"), ((name, _share(share)) for name, share in recall))
    yield "<h2>Pairs of ways</h2>"
    yield _table(
        ("first", "second", "good is", "only first", "only second", "p (McNemar)"),
        ((p.first, p.second, p.measure, str(p.only_first), str(p.only_second), f"{p.p:.2g}") for p in report.paired),
    )
    for way in report.ways:
        yield f"<h2>{escape(way.name)}</h2>"
        yield from _way(way, report.asked)
    yield "<h2>The same questions, side by side</h2>"
    yield _side_by_side(report)


def _ways(ways: Sequence[WayReport]) -> str:
    header = (
        "way", "model", "right", "exact", "number", "F1", "BLEU", "ROUGE-L", "page", "contained", "answered",
        "abstained", "rightly abstained", "grounded", "numbers off page", "by model", "perplexity", "median s", "p95 s",
        "MB",
    )  # fmt: skip
    return _table(header, (_way_row(way) for way in ways))


def _way_row(way: WayReport) -> tuple[str, ...]:
    figures, group = way.figures, way.figures.all
    return (
        way.name, way.model or "", _share(group.right), _share(figures.exact), _share(figures.number),
        _mean(figures.f1), _number(figures.likeness.bleu) or figures.likeness.why_not,
        _number(figures.likeness.rouge_l) or figures.likeness.why_not, _share(group.page), _share(group.contained),
        _share(group.answered), _share(group.abstained), _share(figures.rightly_abstained), _share(figures.grounded),
        str(figures.off_page), _share(figures.by_model), _number(figures.perplexity),
        _number(figures.seconds["median"]), _number(figures.seconds["p95"]),
        "" if way.bytes is None else f"{way.bytes / 1e6:.1f}",
    )  # fmt: skip


def _goals(report: Report) -> str:
    figures = (f"{name} {_number(value) or 'not measured'}" for name, value in figures_held(report).items())
    lines = missed(report) or ["All goals are reached."]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    held = f"{HELD}: {', '.join(figures)}."
    return f"{_said(held)}<ul>{items}</ul>"


def _way(way: WayReport, asked: Sequence[Asked]) -> Iterator[str]:
    for name, groups in way.figures.by.items():
        header = (f"by {name}", "questions", "right", "page", "contained", "answered", "abstained")
        yield _table(header, ((key, *_group(group)) for key, group in groups.items()))
    answers = {answer.id: answer for answer in way.answers}
    questions = {one.question.id: one for one in asked}
    yield f"<details><summary>The {len(way.worst)} worst answers</summary>"
    yield _table(
        ("question", "reference", "answer", "cited", "instead of"),
        (_worst(questions[name], answers[name]) for name in way.worst),
    )
    yield "</details>"


def _group(group: Group) -> tuple[str, ...]:
    shares = (group.right, group.page, group.contained, group.answered, group.abstained)
    return (str(group.questions), *(_share(share) for share in shares))


def _worst(one: Asked, answer: Answer) -> tuple[str, ...]:
    cited = "; ".join(f"{quote.document}, p. {quote.label}" for quote in answer.quotes)
    place = f"{one.document}, p. {one.label}" if one.label else "no page"
    return _question(one), _reference(one), _words(answer), cited, place


def _side_by_side(report: Report) -> str:
    header = ("question", "reference", *(way.name for way in report.ways))
    columns = zip(*(way.answers for way in report.ways), strict=True)
    cells = (
        (_question(one), _reference(one), *map(_words, answers))
        for one, answers in zip(report.asked, columns, strict=False)
    )
    return _table(header, cells)


def _question(one: Asked) -> str:
    return f"{one.question.question}\n({one.question.id}, {one.question.kind})"


def _reference(one: Asked) -> str:
    return " / ".join(one.question.answers) or "(the manuals do not say)"


def _words(answer: Answer) -> str:
    return f"{_MARKS[answer.outcome]}: {answer.words or answer.said}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a table; every cell is escaped, lines stay lines."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    lines = "\n".join(f"<tr>{''.join(f'<td>{_lines(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{lines}\n</tbody></table>"


def _lines(cell: str) -> str:
    return "<br>".join(map(escape, cell.split("\n")))


def _said(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _share(share: Share) -> str:
    if share.share is None or share.low is None or share.high is None:
        return "-"
    return f"{100 * share.share:.1f} % [{100 * share.low:.1f}-{100 * share.high:.1f}] ({share.count}/{share.of})"


def _mean(mean: Mean) -> str:
    if mean.mean is None:
        return "-"
    return f"{mean.mean:.3f} [{mean.low:.3f}-{mean.high:.3f}]"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
