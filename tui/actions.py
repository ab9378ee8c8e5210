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
    Action("acknowledge", Scope.ALERTS, "a", "acknowledge", "", "Acknowledges the alert."),
    Action("shelve", Scope.ALERTS, "s", "shelve", "", "Puts the alert aside for a time, with a reason."),
    Action("alert.acknowledge", Scope.ALERT, "a", "acknowledge", "", "Acknowledges the alert."),
    Action("alert.shelve", Scope.ALERT, "s", "shelve", "", "Puts the alert aside for a time, with a reason."),
    Action("alert.normal", Scope.ALERT, "1", "feedback('normal')", "", "No alert: this is normal operation."),
    Action("alert.instrument", Scope.ALERT, "2", "feedback('instrument')", "", "No alert: the instrument is wrong."),
    Action("alert.work", Scope.ALERT, "3", "feedback('work')", "", "No alert: work is being done there."),
    Action("alert.graph", Scope.ALERT, "g", "ask_graph", "", "Asks what stands around it."),
    Action("alert.manual", Scope.ALERT, "m", "ask_manual", "", "Asks what the manuals say."),
    Action("next", Scope.EVIDENCE, "right,n", "next", "", "Shows the next evidence."),
    Action("previous", Scope.EVIDENCE, "left,p", "previous", "", "Shows the evidence before."),
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
