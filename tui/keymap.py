"""Keys of a person's own: `terminal.keymap` of the settings, checked before it is used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plant.errors import SettingsError, did_you_mean
from tui.actions import ACTIONS, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY: Final = re.compile(r"((ctrl|alt|shift|super|meta)\+)*([a-z0-9_]+|[^\s\w])")
_TYPED: Final = re.compile(r"(shift\+)?([a-z0-9]|[^\s\w])|space")
_WITH_PROMPT: Final = (Scope.APP, Scope.MAIN, Scope.PROMPT)
_AT_ONCE: Final = (
    _WITH_PROMPT,
    (Scope.APP, Scope.MAIN, Scope.ALERTS),
    (Scope.APP, Scope.SCREEN, Scope.ALERT),
    (Scope.APP, Scope.SCREEN, Scope.EVIDENCE),
)


def keys_of(action_id: str, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the keys of an action, a person's own before the ones of the table."""
    key = keymap.get(action_id) or next(action.key for action in ACTIONS if action.id == action_id)
    return tuple(part.strip() for part in key.split(","))


def check_keymap(keymap: Mapping[str, str]) -> None:
    """Checks a keymap of the settings.

    Raises:
        SettingsError: For an action that is not known, a key that is none, a letter that people
            type into the prompt, or one key for two actions that are there at once.
    """
    known = {action.id: action for action in ACTIONS}
    for action_id in keymap:
        if action_id not in known:
            hint = did_you_mean(action_id, known) or f"Actions are {', '.join(known)}."
            raise SettingsError(f"There is no action {action_id!r} for terminal.keymap.", hint=hint)
        for key in keys_of(action_id, keymap):
            _check_key(key, action_id, known[action_id].scope)
    for scopes in _AT_ONCE:
        _check_clashes(keymap, scopes)


def _check_key(key: str, action_id: str, scope: Scope) -> None:
    if not _KEY.fullmatch(key):
        raise SettingsError(
            f"{key!r} is not a key for terminal.keymap.{action_id}.", hint="Write it like f9, ctrl+g or alt+a."
        )
    if scope in _WITH_PROMPT and _TYPED.fullmatch(key):
        raise SettingsError(
            f"The key {key!r} of terminal.keymap.{action_id} is typed in questions.", hint="Use f9 or ctrl+g, say."
        )


def _check_clashes(keymap: Mapping[str, str], scopes: tuple[Scope, ...]) -> None:
    taken: dict[str, str] = {}
    for action in ACTIONS:
        if action.scope not in scopes:
            continue
        for key in keys_of(action.id, keymap):
            other = taken.setdefault(key, action.id)
            if other != action.id:
                raise SettingsError(
                    f"The key {key!r} is given to {other} and to {action.id} in terminal.keymap.",
                    hint="Give one of them another key.",
                )
