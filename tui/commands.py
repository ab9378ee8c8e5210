"""Slash commands: what can be typed in the prompt beside questions."""

from __future__ import annotations

from typing import Final, NamedTuple

from plant.errors import UsageError, did_you_mean
from plant.time import format_duration, parse_duration


class Command(NamedTuple):
    """One slash command.

    Attributes:
        name: What is typed, with its slash.
        arguments: What may follow, for people.
        help: What it does.
    """

    name: str
    arguments: str
    help: str


COMMANDS: Final = (
    Command("/forecast", "TAG [2h]", "what a tag will do"),
    Command("/alerts", "", "which alerts stand"),
    Command("/ack", "[TAG]", "acknowledge an alert"),
    Command("/shelve", "[TAG] [2h]", "put an alarm aside for a time"),
    Command("/unshelve", "[TAG]", "bring a shelved alarm back"),
    Command("/reset", "[TAG]", "reset a latched alarm"),
    Command("/out-of-service", "TAG", "take a tag or an asset out of service"),
    Command("/in-service", "TAG", "put it back in service"),
    Command("/export", "[FILE]", "write the conversation to a file"),
    Command("/copy", "", "copy the last answer"),
    Command("/clear", "", "begin a new conversation"),
    Command("/help", "", "what can be asked, and the keys"),
    Command("/quit", "", "end the terminal"),
)

_NAMES: Final = tuple(command.name for command in COMMANDS)
_HORIZON: Final = "2h"


class Typed(NamedTuple):
    """A command as it was typed."""

    name: str
    arguments: tuple[str, ...]


def is_command(text: str) -> bool:
    """Whether a text is meant as a command: one line that begins with a slash."""
    return text.startswith("/") and "\n" not in text.strip()


def parse_command(text: str) -> Typed:
    """Reads a command; a beginning that only one command has is enough.

    Raises:
        UsageError: If there is no such command, or several begin so.
    """
    first, *arguments = text.split()
    name = first.lower()
    found = [known for known in _NAMES if known == name] or [known for known in _NAMES if known.startswith(name)]
    if len(found) == 1:
        return Typed(found[0], tuple(arguments))
    if found:
        raise UsageError(f"{first} may be {' or '.join(found)}.", hint="Type one letter more.")
    raise UsageError(f"There is no command {first}.", hint=did_you_mean(name, _NAMES) or "Type / to see them all.")


def forecast_question(arguments: tuple[str, ...]) -> str:
    """Returns the question that `/forecast TAG 2h` asks.

    Raises:
        UsageError: If no tag is given.
        BadInput: If the horizon is not a duration.
    """
    if not arguments:
        raise UsageError("/forecast needs a tag.", hint="Write it like /forecast CW-100.TT-02 2h.")
    tag, *rest = arguments
    horizon = parse_duration(" ".join(rest) or _HORIZON)
    return f"forecast {tag} for the next {format_duration(horizon)}"


def matching(text: str) -> list[Command]:
    """Returns the commands that the letters typed so far may mean, best first; none after a space."""
    if not text.startswith("/") or any(character.isspace() for character in text):
        return []
    ranked = [(rank, command) for command in COMMANDS if (rank := _rank(text.lower(), command.name)) is not None]
    return [command for _, command in sorted(ranked, key=lambda pair: pair[0])]


def _rank(typed: str, name: str) -> int | None:
    """Ranks a name by how early its letters match in order: 0 for a prefix; None when they do not."""
    if name.startswith(typed):
        return 0
    at = 0
    for letter in typed:
        at = name.find(letter, at) + 1
        if at == 0:
            return None
    return at
