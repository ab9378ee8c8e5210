"""The verbs of `millhand alerts` that keep alerts within a budget: try a rule, tune, and the figures of ISA-18.2."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from plant.errors import ExitCode, UsageError
from plant.time import DAY, HOUR, MINUTE, now_ms, parse_duration, zone_named
from tui.cli.budget_lines import kpi_lines, preview_lines, tune_lines
from tui.cli.common import JsonFlag, StoreOption, print_json, settings_from, talk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plant.facts import Refusal
    from plant.registry import Registry
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.budget_judge import History
    from tools.budget_preview import Preview

_PER: dict[str, int] = {"h": HOUR, "hour": HOUR, "d": DAY, "day": DAY, "10min": 10 * MINUTE}

_Since = Annotated[str, typer.Option("--since", metavar="DURATION", help="How far back from the newest reading.")]
_On = Annotated[str, typer.Option("--on", metavar="TAG", help="Only a tag, asset or area.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs to a group."""
    for verb in (preview, tune, kpi):
        app.command()(verb)


def preview(
    rule: Annotated[str, typer.Option("--rule", metavar="RULE", help="Without it, the registry as it is.")] = "",
    since: _Since = "30d",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Say how often a rule would have fired.

    History is judged again with it; nothing is written.

    Examples: millhand alerts preview --rule "CW-100.TT-02 high-high 6.2 deadband 0.1 on-delay 60s" --since 7d
              millhand alerts preview --rule "anomaly E-101 threshold 7"
              millhand alerts preview --since 24h
    """
    since_ms = parse_duration(since)
    with _opened(store) as (settings, opened):
        result = _previewed(opened, settings, rule, since_ms)
    if as_json:
        print_json(result)
    else:
        print("\n".join(preview_lines(result)))


def tune(
    budget: Annotated[
        str, typer.Option("--budget", metavar="N/h", help="Such as 6/h or 20/d; else as set: alerts.budget_per_hour.")
    ] = "",
    subject: _On = "",
    since: _Since = "30d",
    labels: Annotated[
        str, typer.Option("--labels", metavar="FILE", help="CSV of what was wrong: subject,start,end.")
    ] = "",
    write: Annotated[bool, typer.Option("--apply", help="Write what is proposed, after a yes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Propose delays, deadbands and thresholds for a budget.

    Those that lose the least; no limit is moved.

    Says for each alarm what it would have missed: of the alerts that people called right, and of labelled spans.

    Examples: millhand alerts tune --budget 6/h
              millhand alerts tune --budget 1/d --on P-102 --labels faults.csv --apply
    """
    since_ms = parse_duration(since)
    with _opened(store) as (settings, opened):
        from tools.budget_labels import read_labels
        from tools.budget_report import report
        from tools.budget_tune import tune as propose

        registry = opened.registry()
        per_hour = parse_budget(budget) if budget else settings.alerts.budget_per_hour
        only = _places(registry, subject)
        known = read_labels(Path(labels), registry, zone_named(settings.plant.timezone)) if labels else []
        history = _history(opened, since_ms, [tag for tag in only if tag in registry])
        about = [label for label in known if not only or label.subject in only]
        proposal = propose(opened, registry, history, per_hour, about, only)
        result = report(proposal, history, per_hour)
    if not as_json:
        print("\n".join(tune_lines(result)))
    if write and any(alarm.changes for alarm in result.alarms) and _agreed(yes):
        from plant.store.sqlite import open_store
        from tools.budget_report import apply

        with open_store(settings.store.path) as opened:
            result = apply(opened, proposal, result, settings.plant.operator, now_ms())
        talk(f"Written by {settings.plant.operator}. A worker takes it up within seconds.")
    if as_json:
        print_json(result)


def kpi(
    since: _Since = "7d",
    subject: _On = "",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Print how the alarms do, by the figures of ISA-18.2.

    Examples: millhand alerts kpi
              millhand alerts kpi --since 30d --on C-101 --json
    """
    since_ms = parse_duration(since)
    with _opened(store) as (settings, opened):
        from tools.budget_kpi import Kpi
        from tools.budget_kpi import kpi as measure

        result = measure(opened, settings.alerts, since_ms, now_ms(), subject)
        if not isinstance(result, Kpi):
            _refuse(result)
    if as_json:
        print_json(result)
    else:
        print("\n".join(kpi_lines(result)))


def parse_budget(text: str) -> float:
    """Reads `6/h`, `20/d` or `6` as alerts an hour.

    Raises:
        UsageError: If it is not a positive number of alerts over an hour, a day or ten minutes.
    """
    number, _, unit = text.partition("/")
    try:
        per_hour = float(number) * HOUR / _PER[unit.strip().lower() or "h"]
    except (ValueError, KeyError) as error:
        raise UsageError(f"{text!r} is not a budget.", hint="Write it like 6/h or 20/d.") from error
    if not (isfinite(per_hour) and per_hour > 0):
        raise UsageError(f"A budget of {text} is not above 0.", hint="Write it like 6/h or 20/d.")
    return per_hour


@contextmanager
def _opened(store: str | None) -> Iterator[tuple[Settings, Store]]:
    from tools.toolbox import open_toolbox

    settings = settings_from(store=store)
    with open_toolbox(settings, talk) as box:
        yield settings, box.store


def _history(store: Store, since_ms: int, tags: Sequence[str] = ()) -> History:
    from tools.budget_judge import history_of

    history = history_of(store, since_ms, tags)
    if history is None:
        talk("There are no readings yet. Start millhand worker on the plant's stream.")
        raise typer.Exit(ExitCode.REFUSED)
    return history


def _previewed(store: Store, settings: Settings, rule: str, since_ms: int) -> Preview:
    from tools.alerts import words_for
    from tools.budget_preview import preview_all, preview_asset, preview_tag
    from tui.cli.alert_rule import TagRule, parse_rule

    registry = store.registry()
    words = words_for(settings, registry)
    if not rule:
        return preview_all(store, _history(store, since_ms), words)
    parsed = parse_rule(rule, registry)
    if isinstance(parsed, TagRule):
        present = registry.get(parsed.sensor.tag)
        assert present is not None
        history = _history(store, since_ms, [present.tag])
        return preview_tag(store, present, parsed.sensor, history, words, rule)
    history = _history(store, since_ms, [sensor.tag for sensor in registry.of_asset(parsed.asset)])
    return preview_asset(store, parsed.asset, parsed.threshold, history, words, rule)


def _places(registry: Registry, subject: str) -> frozenset[str]:
    """Returns the tags and assets of a subject; empty for all."""
    from plant.facts import Refusal
    from tools.subjects import find_subject

    found = find_subject(registry, subject)
    if isinstance(found, Refusal):
        _refuse(found)
    return found.tags | found.assets if found.name else frozenset()


def _refuse(refusal: Refusal) -> NoReturn:
    talk(f"{refusal.text} {refusal.help}".strip())
    raise typer.Exit(ExitCode.REFUSED)


def _agreed(yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked here.", hint="Say --apply --yes to write without asking.")
    return typer.confirm("Write these settings?", err=True)
