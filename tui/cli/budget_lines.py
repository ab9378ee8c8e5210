"""The alert budget as plain lines: previews, proposals, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plant.time import HOUR, format_duration
from tui.cli.common import to_second

if TYPE_CHECKING:
    from tools.budget_kpi import Kpi, Rate
    from tools.budget_preview import Outcome, Preview
    from tools.budget_report import Report, Tuned

_SHOWN: Final = 10  # alerts of a preview that are printed; JSON has all


def preview_lines(result: Preview) -> list[str]:
    """Returns what a rule would have done, as plain lines."""
    lines = [f"Judged again: {_span(result.start, result.end, result.hours)}.", *result.notes]
    names = ("with the rule", "as it is") if result.rule else ("judged again", "in the store")
    width = max(map(len, names))
    for name, outcome in zip(names, (result.proposed, result.present), strict=True):
        lines.append(f"{name:<{width}}  {_outcome(outcome)}")
    lines += [
        f"  {one.since}  {one.subject} {one.rule}  for {format_duration(round(one.lasted_s * 1_000))}"
        f"{'' if one.until else ', standing'}: {one.reason}"
        for one in result.proposed.alerts[-_SHOWN:]
    ]
    if result.proposed.count > _SHOWN:
        lines.append(f"  and {result.proposed.count - _SHOWN} before them; --json has all.")
    return lines


def _outcome(outcome: Outcome) -> str:
    rules = ", ".join(f"{rule} {count}" for rule, count in outcome.by_rule.items())
    text = f"{_alerts(outcome.count)}: {outcome.per_hour:.2f} an hour, {outcome.per_day:.1f} a day"
    standing = format_duration(round(outcome.standing_s * 1_000))
    return f"{text}, standing for {standing} ({rules})" if rules else text


def tune_lines(result: Report) -> list[str]:
    """Returns what is proposed and what it would have missed, as plain lines."""
    rates = f"{result.before_per_hour:.2f} as it is, {result.after_per_hour:.2f} as proposed"
    budget = f"Budget {result.budget_per_hour:.3g} an hour: {rates}{'' if result.fits else ', which does not fit'}."
    lines = [f"Judged again: {_span(result.start, result.end, result.hours)}.", *result.notes, budget]
    if result.early_warnings:
        lines.append(f"Early warnings are counted ({result.early_warnings}), but have no settings.")
    for alarm in result.alarms:
        lines += _tuned_lines(alarm) if alarm.changes else []
    if same := sum(not alarm.changes for alarm in result.alarms):
        lines.append(f"{same} alarm{' stays as it is' if same == 1 else 's stay as they are'}; --json has each.")
    if result.labels:
        missed = (
            f"; it would miss {', '.join(result.labels_missed)}" if result.labels_missed else "; it would miss none"
        )
        lines.append(f"Of {result.labels} labelled spans {result.labels_caught_before} raise an alert now{missed}.")
    if not any(alarm.changes for alarm in result.alarms):
        lines.append("Nothing needs to change." if result.fits else "Nothing can be changed.")
    return lines


def _tuned_lines(alarm: Tuned) -> list[str]:
    head = f"{alarm.subject}: {_alerts(alarm.before)}"
    changes = ", ".join(
        f"{change.key.removesuffix('_ms').replace('_', '-')} {_value(change.key, change.before)} -> "
        f"{_value(change.key, change.after)}"
        for change in alarm.changes
    )
    missed = [f"{len(alarm.labelled_missed)} of {alarm.labelled} called right ({', '.join(alarm.labelled_missed)})"]
    missed = missed if alarm.labelled_missed else [f"none of {alarm.labelled} called right"] if alarm.labelled else []
    if alarm.unlabelled:
        missed.append(f"{alarm.unlabelled_missed} of {alarm.unlabelled} that nobody spoke of")
    later = f"; later by {format_duration(round(alarm.later_s * 1_000))}" if alarm.later_s else ""
    return [f"{head} -> {alarm.after}: {changes}", f"  would have missed {' and '.join(missed) or 'nothing'}{later}"]


def _value(key: str, value: float) -> str:
    return format_duration(round(value)) if key.endswith("_ms") else f"{value:g}"


def kpi_lines(result: Kpi) -> list[str]:
    """Returns the figures as plain lines."""
    floods = result.floods
    kept = "kept" if result.within_budget else "NOT kept"
    longest = format_duration(round(floods.longest_s * 1_000))
    shares = [
        f"{name} {_percent(share)} (aim {_percent(result.priority_targets[name])})"
        for name, share in result.priorities.items()
    ]
    over = (_percent(result.per_hour.over_acceptable), _percent(result.per_hour.over_most))
    aside = f"{result.shelved} shelved, {result.out_of_service} out of service, {result.suppressed} suppressed"
    figures = [
        ("an hour", f"{_rate(result.per_hour)}; budget {result.budget_per_hour:g}, {kept}"),
        ("above 6 / 12", f"{' / '.join(over)} of hours"),
        ("in 10 minutes", _rate(result.per_ten_minutes)),
        ("floods", f"{floods.count}, {floods.alarms} alarms, longest {longest}, {_percent(floods.time_share)} of time"),
        ("priorities", ", ".join(shares)),
        ("chattering", ", ".join(f"{one.subject} {one.rule}" for one in result.chattering) or "0"),
        ("stale", ", ".join(result.stale) or "0"),
        ("acknowledged", f"{result.acknowledged.count}{_waits(result)}"),
        ("put aside now", aside),
        ("feedback", ", ".join(f"{name} {count}" for name, count in result.feedback.items())),
        ("early warnings", _warned(result)),
        ("bad actors", f"{_percent(result.bad_actors_share)} of all alarms"),
    ]
    lines = [f"Alarms of {_span(result.start, result.end, result.hours)}: {result.alarms}, and {result.hidden} hidden."]
    if result.hours < result.asked_hours:
        lines.append(f"{format_duration(round(result.asked_hours * HOUR))} were asked for: the store holds less.")
    lines += [f"{name:<16} {text}" for name, text in figures]
    return lines + [
        f"  {one.count:>4}  {_percent(one.share):>6}  {one.subject} {one.rule}" for one in result.bad_actors
    ]


def _rate(rate: Rate) -> str:
    return f"{rate.mean:.2f} on average, {rate.peak} at most{f' ({to_second(rate.peak_at)})' if rate.peak_at else ''}"


def _waits(result: Kpi) -> str:
    waits = (result.acknowledged.median_s, result.acknowledged.p90_s)
    half, most = (None if wait is None else format_duration(round(wait * 1_000)) for wait in waits)
    return f", half within {half}, nine in ten within {most}" if half and most else ""


def _warned(result: Kpi) -> str:
    warned = result.warnings
    if warned.right_share is None:
        return f"{warned.count}"
    lead = f", {format_duration(round(warned.lead_s * 1_000))} ahead" if warned.lead_s is not None else ""
    return f"{warned.count}: {warned.right} right, {warned.wrong} wrong ({_percent(warned.right_share)} right{lead})"


def _span(start: str, end: str, hours: float) -> str:
    return f"{format_duration(round(hours * HOUR))}, {to_second(start)} to {to_second(end)}"


def _alerts(count: int) -> str:
    return f"{count} alert{'' if count == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".0 %", " %")
