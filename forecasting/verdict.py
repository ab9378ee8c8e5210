"""Which forecast is shown, or why none is.

Before any method runs, the history is judged: too short, constant, stuck, too many gaps, a horizon
beyond the evidence. Afterwards the methods are:

1. The one with the least error is shown if it beats seasonal naive: at least `_MIN_SKILL` less error,
   and less on more than half of the folds.
2. If nothing does, seasonal naive itself is shown as the *baseline*, and called that: a person who
   asks about a well-behaved tag gets its best forecast, with the band it earned.
3. What is shown must be useful. Its band must have held on the folds about what it promises
   (`_COVERAGE_SLACK`), and say more than the history's own spread does (`_MAX_SPREAD`). Otherwise
   the next best is asked, and if none is left the forecast is refused.

The winner is chosen on the same folds that its skill is told of, so that skill flatters it. Beside it stands what the
*choice* saves: for each fold the same rules choose on the other folds, and the chosen one's error on this fold counts
(nested cross-validation). On 133 spans of synthetic processes and weekly petrol the winners' skill was 0.29 on average,
that of the choice 0.24; on the next window 0.25 was really saved.

Source: Varma and Simon, "Bias in error estimation when using cross-validation for model selection" (2006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from forecasting.backtest import MIN_FOLDS, MIN_TRAINING
from forecasting.candidates import LANGUAGE_MODEL
from forecasting.series import missing_share
from plant.facts import Refusal, RefusalCode
from plant.time import format_duration, to_iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from forecasting.contract import Floats
    from plant.series import Series

MIN_STEPS: Final = 24
MAX_MISSING: Final = 0.3
_STUCK_STEPS: Final = 12
_HUGE: Final = 1e150
"""Squares of larger values, and of smaller differences than one over it, cannot be told from infinity and 0."""
_MIN_SKILL: Final = 0.02
"""Share of seasonal naive's error that a winner saves; less is chance."""
_COVERAGE_SLACK: Final = 20
"""Percent points by which measured coverage may stay below nominal."""
_CHOICE_FOLDS: Final = 3
"""Folds that it takes to tell what the choice saves."""
_MAX_SPREAD: Final = 1.5
"""Widest useful band, as a multiple of the history's own band at that level."""


class Verdict(msgspec.Struct, frozen=True):
    """What is shown.

    Attributes:
        shown: Name of the candidate, or None.
        reason: Why, in sentences.
        baseline: Whether it is shown although nothing beats seasonal naive: it is seasonal naive itself.
        choice_skill: Share of seasonal naive's error that choosing this way saves on folds the choice did not see;
            None where folds are too few to tell, or none is shown.
        passed_over: Candidates that had less error than what is shown, and are demoted.
    """

    shown: str | None
    reason: str
    baseline: bool = False
    choice_skill: float | None = None
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the verdict rests on, for one candidate that ran.

    Attributes:
        name: The candidate.
        mase: Mean absolute scaled error over all folds.
        fold_errors: Mean absolute error of each fold, NaN where nothing came, of shape (folds,).
        level: Nominal level of its widest band that the folds could measure, percent; None where residuals are too
            few for any.
        coverage: What that band held, 0 to 1.
        spread: Mean width of that band over the width of the history's own band at that level.
    """

    name: str
    mase: float
    fold_errors: Floats
    level: int | None
    coverage: float | None
    spread: float | None

    @property
    def covers(self) -> bool:
        """Whether the band held about what it promises."""
        return self.level is not None and (self.coverage or 0.0) * 100 >= self.level - _COVERAGE_SLACK

    @property
    def tells(self) -> bool:
        """Whether the band says more than the history's own spread."""
        return self.spread is not None and self.spread <= _MAX_SPREAD


def judge_history(series: Series, horizon: int) -> Refusal | None:
    """Returns why a regular series, NaN where missing, cannot be forecast at all, or None where it can."""
    values = series.values
    good = values[np.isfinite(values)]
    if not len(good):
        text = f"{series.tag} has no value in the history that was looked at."
        return Refusal(RefusalCode.NO_DATA, text, f"Look at its quality: millhand tags show {series.tag}.")
    if len(good) < MIN_STEPS:
        text = f"{series.tag} has {len(good)} steps with a value; a forecast needs {MIN_STEPS}."
        return Refusal(RefusalCode.TOO_SHORT, text, "Wait for more readings, or ask for a shorter horizon.")
    if np.min(good) == np.max(good):
        text = f"{series.tag} has had the same value all along; there is nothing to forecast."
        return Refusal(RefusalCode.CONSTANT, text, "If it should move, check the sensor.")
    if np.max(np.abs(good)) >= _HUGE or not _varies(good):
        text = f"The values of {series.tag} are too large or too close to each other to compute with."
        return Refusal(RefusalCode.NO_DATA, text, "Check its unit: nothing in a plant is so large, or so small.")
    if (share := missing_share(values)) > MAX_MISSING:
        most = round(100 * MAX_MISSING)
        text = f"{math.ceil(100 * share)} % of the history of {series.tag} is missing; at most {most} % may be."
        return Refusal(RefusalCode.TOO_MANY_GAPS, text, f"Look at its quality: millhand tags show {series.tag}.")
    if (run := stuck_steps(values)) > 0:
        rest = format_duration(run * (series.step_ms or 0))
        text = f"{series.tag} has not moved for {rest}, which it never did before: it looks stuck."
        return Refusal(RefusalCode.STUCK, text, "Check the sensor.")
    if (len(values) - max(MIN_TRAINING, horizon)) // horizon < MIN_FOLDS:
        text = f"{horizon} steps ahead cannot be checked on a history of {len(values)} steps."
        return Refusal(RefusalCode.HORIZON_TOO_LONG, text, "Ask for a shorter horizon.")
    return None


def judge_training(series: Series, first: int) -> Refusal | None:
    """Returns why a series whose first fold has `first` steps of history cannot be forecast: it did not vary there."""
    good = series.values[:first][np.isfinite(series.values[:first])]
    if len(good) and _varies(good):
        return None
    text = f"{series.tag} began to move after {to_iso(int(series.times[first - 1]))}; that is too short to learn from."
    return Refusal(RefusalCode.TOO_SHORT, text, "Wait for more readings, or ask for a shorter horizon.")


def _varies(good: Floats) -> bool:
    return bool(np.ptp(good) > 1 / _HUGE)


def stuck_steps(values: Floats) -> int:
    """Returns how many of the newest steps are exactly equal where that is odd for them, else 0.

    Odd: at least `_STUCK_STEPS`, and twice as long as any such run before.
    """
    good = values[np.isfinite(values)]
    ends = np.flatnonzero(np.diff(good) != 0)
    runs = np.diff(np.concatenate([[-1], ends, [len(good) - 1]]))
    newest, before = int(runs[-1]), int(runs[:-1].max(initial=0))
    return newest if newest >= max(_STUCK_STEPS, 2 * before + 1) else 0


def choose(
    judged: Sequence[Judged], bar: str, season: int, demoted: Mapping[str, str] | None = None
) -> tuple[Verdict, Refusal | None]:
    """Returns the verdict over the candidates that ran, and a refusal where none is shown.

    Args:
        judged: The candidates that ran.
        bar: The name of seasonal naive.
        season: The season in steps; with 1 seasonal naive repeats the last value, and the reason says so.
        demoted: Candidates that are passed over, each with its reason as a sentence.
    """
    demoted = demoted or {}
    naive = next((one for one in judged if one.name == bar), None)
    if naive is None:
        text = "Seasonal naive could not run, so there is nothing to measure the others by."
        return Verdict(None, text), Refusal(RefusalCode.NOTHING_BEATS_NAIVE, text)
    beat = sorted((one for one in judged if _beats(one, naive)), key=lambda one: one.mase)
    winners = [one for one in beat if one.name not in demoted]
    shown = _useful(winners, naive)
    if shown is None:
        passed_over = _passed_over(beat, np.inf, demoted)
        return _refuse(winners[0] if winners else naive, passed_over)
    skill = _choice_skill(judged, naive, demoted)
    if shown is naive:
        reasons = [f"{_called(bar, season)} is shown as the baseline: {_why_none(winners, len(judged) - 1)}."]
    else:
        reasons = [_reason(shown, naive, season, skill, passed=winners[0])]
    passed_over = _passed_over(beat, shown.mase, demoted)
    reasons += passed_over.values()
    reasons += [
        _lost(one, shown, naive)
        for one in judged
        if one.name.startswith(LANGUAGE_MODEL) and one is not shown and one.name not in demoted
    ]
    return Verdict(shown.name, " ".join(reasons), shown is naive, skill, tuple(passed_over)), None


def _useful(winners: Sequence[Judged], naive: Judged) -> Judged | None:
    """Returns the best winner whose band is of use, else seasonal naive if its own is."""
    return next((one for one in (*winners, naive) if one.covers and one.tells), None)


def _choice_skill(judged: Sequence[Judged], naive: Judged, demoted: Mapping[str, str]) -> float | None:
    """Returns what the same choice saves on folds it did not see; None for fewer than `_CHOICE_FOLDS`."""
    known = np.flatnonzero(np.isfinite(naive.fold_errors))
    if len(known) < _CHOICE_FOLDS:
        return None
    error = 0.0
    for fold in known:
        bar, *rest = (_without(one, int(fold)) for one in (naive, *(one for one in judged if one.name not in demoted)))
        winners = sorted((one for one in rest if _beats(one, bar)), key=lambda one: one.mase)
        chosen = _useful(winners, bar) or bar
        error += next(float(one.fold_errors[fold]) for one in judged if one.name == chosen.name)
    total = float(np.sum(naive.fold_errors[known]))
    return 1 - error / total if total > 0 else None


def _without(one: Judged, fold: int) -> Judged:
    """Returns a candidate as it would be judged without a fold; all mean errors are in the tag's unit then."""
    errors = np.delete(one.fold_errors, fold)
    return replace(one, mase=float(np.nanmean(errors)), fold_errors=errors)


def _beats(one: Judged, naive: Judged) -> bool:
    known = np.isfinite(one.fold_errors)
    wins = np.count_nonzero(one.fold_errors[known] < naive.fold_errors[known])
    return one.name != naive.name and one.mase <= (1 - _MIN_SKILL) * naive.mase and bool(wins > np.sum(known) / 2)


def _called(bar: str, season: int) -> str:
    return bar if season > 1 else f"{bar} (no season: the last value)"


def _percent(share: float) -> int:
    return round(100 * share)


def _lost(one: Judged, shown: Judged, naive: Judged) -> str:
    """Says by how much a language model lost: its forecast is shown only if it earned it."""
    if one.mase <= shown.mase and one.mase > (1 - _MIN_SKILL) * naive.mase:
        return f"{one.name} has less than {_percent(_MIN_SKILL)} % less error than {naive.name}, which is chance."
    if one.mase <= shown.mase:
        return f"{one.name} has no more error, but wins on too few folds, or its band is of no use."
    more = f"{_percent(one.mase / shown.mase - 1)} % more" if shown.mase > 0 else "more"
    return f"{one.name} has {more} error than {shown.name}."


def _why_none(winners: Sequence[Judged], others: int) -> str:
    """Says why seasonal naive is shown, of those that ran: some may have failed, or run still."""
    if winners:
        return "what beats it has no band of use"
    if others == 0:
        return "no other method ran"
    if others == 1:
        return "the one other that ran does not clearly beat it"
    return f"none of {others} others clearly beats it"


def _reason(one: Judged, naive: Judged, season: int, choice: float | None, *, passed: Judged) -> str:
    """Says how much better a winner and its choice are, and that the best was passed over where it is another one."""
    known = np.isfinite(one.fold_errors)
    wins = np.count_nonzero(one.fold_errors[known] < naive.fold_errors[known])
    saved = _percent(1 - one.mase / naive.mase)
    text = f"{one.name} has {saved} % less error than {_called(naive.name, season)} over all folds"
    if choice is not None and _percent(choice) < saved:
        text += f" ({_percent(choice)} % where each fold is kept from the choice)"
    text += f", and less on {wins} of {np.count_nonzero(known)}."
    return text if passed is one else f"{text} {passed.name} has less still, but its band is of no use."


def _passed_over(beat: Sequence[Judged], mase: float, demoted: Mapping[str, str]) -> dict[str, str]:
    """Returns the demoted candidates that have less error than what is shown, each with a sentence that says why."""
    return {
        one.name: f"{one.name} is passed over: {demoted[one.name]}"
        for one in beat
        if one.name in demoted and one.mase < mase
    }


def _refuse(best: Judged, passed_over: Mapping[str, str]) -> tuple[Verdict, Refusal]:
    if best.level is None:
        code = RefusalCode.TOO_SHORT
        text = f"The folds leave too few residuals for a band around {best.name}."
    elif not best.covers:
        code = RefusalCode.COVERAGE_BELOW_TARGET
        held = _percent(best.coverage or 0.0)
        text = f"The {best.level} % band of {best.name} held only {held} % on the folds: the process has changed."
    else:
        code = RefusalCode.NOTHING_BEATS_NAIVE
        text = f"No method says more than the spread of the history; the band of {best.name} is wider than it."
    text = " ".join([text, *passed_over.values()])
    return Verdict(None, text, passed_over=tuple(passed_over)), Refusal(
        code, text, "Ask for a shorter horizon, or wait for more history."
    )
