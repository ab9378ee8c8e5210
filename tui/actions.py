"""Everything a key can do: one table feeds the keys, the help screen and the palette.

An action is a method `action_<name>` of the app, screen or widget that its scope names. Its id is
what `terminal.keymap` of the settings takes: `keymap = { alerts = "f9" }`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.binding import Binding

if TYPE_CHECKING:
    from textual.binding import BindingType


class Scope(StrEnum):
    """Where an action works."""

    APP = "everywhere"
    MAIN = "on the main screen"
    PROMPT = "in the prompt"
    ALERTS = "in the list of alerts"
    ALERT = "in an alert"
    EVIDENCE = "in an evidence"
    SCREEN = "in any opened screen"


class Action(NamedTuple):
    """One thing a key can do.

    Attributes:
        id: Its name in the settings' keymap.
        scope: Where it works.
        key: The key, or several with commas, as Textual spells them.
        name: The method, without `action_`; with its place where that is another than the scope's.
        label: What the palette calls it; empty for what makes no sense there.
        help: What it does, as a sentence.
    """

    id: str
    scope: Scope
    key: str
    name: str
    label: str
    help: str


_ON_ALERT: Final = (
    ("acknowledge", "a", "deed('acknowledged')", "Acknowledges the alert; an incident, with all its alerts."),
    ("shelve", "s", "deed('shelved')", "Puts the alarm aside for a time, with a reason."),
    ("unshelve", "u", "deed('unshelved')", "Brings a shelved alarm back."),
    ("reset", "r", "deed('reset')", "Resets a latched alarm."),
    ("out-of-service", "o", "deed('out-of-service')", "Takes its tag or asset out of service, with a reason."),
    ("in-service", "i", "deed('in-service')", "Puts its tag or asset back in service."),
    ("right", "1", "deed('feedback', 'right')", "Says that the alert was right."),
    ("harmless", "2", "deed('feedback', 'harmless')", "No alert: it was real but harmless."),
    ("wrong", "3", "deed('feedback', 'wrong')", "No alert: the detector was wrong."),
    ("bad-data", "4", "deed('feedback', 'bad-data')", "No alert: the data were bad."),
)
"""What can be done to an alert, in the list and when it is opened: id, key, method and help."""

ACTIONS: Final = (
    Action("help", Scope.APP, "f1", "show_help", "Help", "Shows what can be asked, the commands and the keys."),
    Action("palette", Scope.APP, "ctrl+p", "command_palette", "", "Opens the palette: everything here by name."),
    Action("quit", Scope.APP, "ctrl+q", "quit", "Quit", "Ends the terminal; alerts go on without it."),
    Action("interrupt", Scope.APP, "ctrl+c", "interrupt", "", "Copies what is selected; pressed twice it quits."),
    Action("alerts", Scope.MAIN, "f2", "show_alerts", "Alerts", "Goes to the list of alerts, and back."),
    Action("tags", Scope.MAIN, "f3", "show_tags", "Tags", "Goes to the list of tags, and back."),
    Action("evidence", Scope.MAIN, "f4", "open_evidence", "Evidence", "Opens the evidence of the last answer."),
    Action("copy", Scope.MAIN, "f5", "copy_answer", "Copy", "Copies the last answer."),
    Action("export", Scope.MAIN, "f6", "export", "Export", "Writes the conversation to a file."),
    Action("earlier", Scope.MAIN, "f7", "show_earlier", "Earlier", "Shows earlier questions that were put away."),
    Action("clear", Scope.MAIN, "ctrl+l", "clear", "Clear", "Begins a new conversation."),
    Action("cancel", Scope.MAIN, "escape", "cancel", "Cancel", "Gives the running question up, or goes to the prompt."),
    Action("newest", Scope.MAIN, "ctrl+end", "newest", "Newest", "Goes to the end of the conversation."),
    Action("send", Scope.PROMPT, "enter", "send", "", "Asks the question, or takes the command that is marked."),
    Action("new-line", Scope.PROMPT, "ctrl+j", "new_line", "", "Begins a new line."),
    Action("page-up", Scope.PROMPT, "pageup", "screen.page_up", "", "Scrolls the conversation up."),
    Action("page-down", Scope.PROMPT, "pagedown", "screen.page_down", "", "Scrolls the conversation down."),
    Action("older", Scope.PROMPT, "up", "older", "", "Brings the question before back, or moves up."),
    Action("newer", Scope.PROMPT, "down", "newer", "", "Brings the question after back, or moves down."),
    Action("complete", Scope.PROMPT, "tab", "complete", "", "Completes a command, or goes to the next pane."),
    *(Action(id_, Scope.ALERTS, key, name, "", text) for id_, key, name, text in _ON_ALERT),
    Action(
        "put-aside", Scope.ALERTS, "h", "put_aside", "", "Shows what is shelved, suppressed or out of service, or not."
    ),
    *(Action(f"alert.{id_}", Scope.ALERT, key, name, "", text) for id_, key, name, text in _ON_ALERT),
    Action("alert.graph", Scope.ALERT, "g", "ask_graph", "", "Asks what stands around it."),
    Action("alert.manual", Scope.ALERT, "m", "ask_manual", "", "Asks what the manuals say."),
    Action("next", Scope.EVIDENCE, "right,n", "next", "", "Shows the next evidence."),
    Action("previous", Scope.EVIDENCE, "left,p", "previous", "", "Shows the evidence before."),
    Action("evidence.right", Scope.EVIDENCE, "1", "judge('right')", "", "Says that the manual's answer was right."),
    Action("evidence.wrong", Scope.EVIDENCE, "3", "judge('wrong')", "", "Says that the manual's answer was wrong."),
    Action("evidence.copy", Scope.EVIDENCE, "c", "copy", "", "Copies the evidence."),
    Action("close", Scope.SCREEN, "escape", "close", "", "Closes what is open."),
)

_PRIORITY: Final = {Scope.APP, Scope.MAIN, Scope.PROMPT}  # before the text area takes the key itself


def bindings(scope: Scope) -> list[BindingType]:
    """Returns the key bindings of a scope, for the `BINDINGS` of the class that it names."""
    return [
        Binding(action.key, action.name, action.help, show=False, priority=scope in _PRIORITY, id=action.id)
        for action in ACTIONS
        if action.scope is scope
    ]
