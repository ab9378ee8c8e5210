"""Everything millhand raises on purpose, and the exit code each one means.

    MillhandError                exit 1
    ├── UsageError               exit 2   the command or its arguments make no sense
    │   └── SettingsError        exit 2   a settings file or variable is wrong
    ├── ServiceUnavailable       exit 4   a broker, model server or graph server does not answer
    │   └── AccessDenied         exit 4   it answers and refuses us: people have to act
    ├── BadInput                 exit 5   a file, message or value is not what it should be
    └── StoreError               exit 6   the store cannot be read or written
        ├── StoreBlocked         exit 6   it is held by another process, or the disk is full: this may pass
        └── Fenced               exit 6   another worker owns this partition or asset now

A refusal is not an error: it is an answer that is not given, with its reason, and lives in
`plant.facts.Refusal`.
"""

from __future__ import annotations

from difflib import get_close_matches
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExitCode(IntEnum):
    """What a `millhand` command says to the shell."""

    ANSWERED = 0
    BELOW_GOAL = 1
    USAGE = 2
    REFUSED = 3
    UNAVAILABLE = 4
    BAD_INPUT = 5
    STORE = 6
    INTERRUPTED = 130


class MillhandError(Exception):
    """An error a person can act on.

    Args:
        message: What was wrong and where, as a sentence.
        hint: What to do about it, as a sentence; empty where there is nothing to do.
    """

    title: ClassVar[str] = "millhand failed"
    exit_code: ClassVar[ExitCode] = ExitCode.BELOW_GOAL

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(MillhandError):
    """The command or its arguments make no sense."""

    title = "That command does not work"
    exit_code = ExitCode.USAGE


class SettingsError(UsageError):
    """A settings file, environment variable or URL is wrong."""

    title = "The settings are wrong"


class ServiceUnavailable(MillhandError):
    """A broker, model server or graph server does not answer, or refuses us."""

    title = "A service does not answer"
    exit_code = ExitCode.UNAVAILABLE


class AccessDenied(ServiceUnavailable):
    """A broker answers and refuses us: a wrong password, certificate or right. Trying again alone does not help."""

    title = "A service refuses us"


class BadInput(MillhandError):
    """A file, message or value is not what it should be."""

    title = "The input cannot be used"
    exit_code = ExitCode.BAD_INPUT


class StoreError(MillhandError):
    """The store cannot be read or written."""

    title = "The store cannot be used"
    exit_code = ExitCode.STORE


class StoreBlocked(StoreError):
    """The store cannot be written now, since another process holds it or the disk is full. This may pass."""


class Fenced(StoreError):
    """Another worker has claimed this partition or asset since; our commit was refused."""

    title = "Another worker took over"


def nearest(word: str, known: Iterable[str], *, count: int = 3) -> list[str]:
    """Returns the known spellings nearest to a word, best first, ignoring case."""
    by_lower = {name.lower(): name for name in known}
    return [by_lower[hit] for hit in get_close_matches(word.lower(), by_lower, n=count, cutoff=0.6)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Returns "Did you mean A or B?", or an empty text where nothing is near."""
    near = nearest(word, known)
    return f"Did you mean {' or '.join(near)}?" if near else ""
