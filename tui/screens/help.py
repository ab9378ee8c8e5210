"""What can be asked, the commands, the keys, and what millhand cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import VerticalScroll
from textual.content import Content

from tui.actions import ACTIONS, Scope
from tui.commands import COMMANDS
from tui.keymap import keys_of
from tui.screens.opened import Opened
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

CAN: Final = (
    "Which sensors are on pump P-101?              the plant graph",
    "What does fault E07 mean?                     the manuals, with the page",
    "Forecast TT-02 for the next 2 hours           every method, side by side",
    "Any anomaly on the exchanger today?           and why",
    "Which alerts are standing?                    and since when",
)
"""What can be asked, one example each."""

LIMITS: Final = (
    "It never writes to the plant: it advises, you decide.",
    "It knows only the store, the graph and the manuals of this machine.",
    "A forecast is a range seen from past data: it knows no plan and no intervention.",
    "An anomaly says that a value is unusual, not why.",
    "No alert on a blind or stale tag means nothing: nobody is watching it.",
    "It quotes manuals and does not interpret them: read the page before you work.",
    "Where it has no evidence it says so instead of answering.",
)
"""What millhand cannot do; the agent says the same when it is asked for its limits."""

_KEY_NAMES: Final = {"escape": "Esc", "enter": "Enter", "pageup": "PgUp", "pagedown": "PgDn", "tab": "Tab"}


def key_name(key: str) -> str:
    """Writes a key as it stands on a keyboard: `ctrl+q` as `Ctrl+Q`."""
    return "+".join(_KEY_NAMES.get(part, part if len(part) == 1 and "+" not in key else part.capitalize())
                    for part in key.split("+"))  # fmt: skip


class HelpScreen(Opened):
    """The help, on one page that scrolls.

    Args:
        keymap: Keys of a person's own.
    """

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """Lays the page out."""
        with VerticalScroll(classes="page"):
            yield DataText(help_content(self._keymap))


def help_content(keymap: Mapping[str, str]) -> Content:
    """Writes the help from the tables of actions and commands."""
    lines = [_heading("You can ask, in English or French"), *map(_line, CAN)]
    lines += [_heading("It cannot"), *map(_line, LIMITS), _heading("Commands")]
    lines += [_pair(f"{command.name} {command.arguments}", command.help) for command in COMMANDS]
    for scope in Scope:
        lines.append(_heading(f"Keys {scope.value}"))
        for action in ACTIONS:
            if action.scope is scope:
                keys = ", ".join(map(key_name, keys_of(action.id, keymap)))
                lines.append(_pair(keys, action.help))
    return Content("\n").join(lines[1:] if not lines[0].plain.strip() else lines)


def _heading(text: str) -> Content:
    return Content.assemble("\n", (text, "bold $accent"))


def _line(text: str) -> Content:
    return Content(f"  {text}")


def _pair(left: str, right: str) -> Content:
    return Content.assemble(f"  {left:<22}", (right, "dim"))
