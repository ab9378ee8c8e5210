"""The prompt: a question of one or more lines, earlier ones with the arrows, commands after a slash."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, TextArea
from textual.widgets.option_list import Option

from tui.actions import Scope, bindings
from tui.commands import matching

if TYPE_CHECKING:
    from tui.commands import Command
    from tui.state import PromptHistory


class CommandMenu(OptionList):
    """The commands that fit what is typed; shown above the prompt while there are any."""

    def __init__(self) -> None:
        super().__init__(id="menu", markup=False, compact=True)
        self.can_focus = False
        self.display = False

    def offer(self, commands: list[Command]) -> None:
        """Shows commands, the best one marked; hides itself where there are none."""
        self.set_options(Option(_line(command), id=command.name) for command in commands)
        self.highlighted = 0 if commands else None
        self.display = bool(commands)

    @property
    def chosen(self) -> str:
        """The marked command; empty where the menu is hidden."""
        option = self.highlighted_option if self.display else None
        return (option.id or "") if option else ""


class Prompt(TextArea):
    """Where questions are written. Enter sends, Ctrl+J begins a new line.

    Its keys are taken before letters that were typed earlier are written, so each action waits its
    turn in the prompt's own queue: whoever types fast does not send half a question.
    """

    BINDINGS: ClassVar = bindings(Scope.PROMPT)

    class Sent(Message):
        """A question or a command."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, history: PromptHistory, menu: CommandMenu) -> None:
        super().__init__(
            id="prompt",
            compact=True,
            soft_wrap=True,
            highlight_cursor_line=False,
            placeholder="Ask, or type / for commands",
        )
        self._history = history
        self._menu = menu

    def on_text_area_changed(self) -> None:
        """Offers the commands that fit."""
        self._menu.offer(matching(self.text))

    def write(self, text: str) -> None:
        """Puts a text in place of what is there, the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def action_send(self) -> None:
        """Sends what is written, or the command that is marked."""
        self.call_later(self._send)

    def _send(self) -> None:
        text = self._menu.chosen or self.text.strip()
        if text:
            self._history.add(text)
            self.text = ""
            self.post_message(self.Sent(text))

    def action_new_line(self) -> None:
        """Begins a new line."""
        self.call_later(self.insert, "\n")

    def action_complete(self) -> None:
        """Writes the marked command out; without one it goes to the next pane."""
        self.call_later(self._complete)

    def _complete(self) -> None:
        if self._menu.chosen:
            self.write(f"{self._menu.chosen} ")
        else:
            self.screen.focus_next()

    def action_older(self) -> None:
        """Moves up: in the menu, in the text, or to the question before."""
        self.call_later(self._older)

    def _older(self) -> None:
        if self._menu.display:
            self._menu.action_cursor_up()
        elif not self.cursor_at_first_line:
            self.action_cursor_up()
        elif (text := self._history.older(self.text)) is not None:
            self.write(text)

    def action_newer(self) -> None:
        """Moves down: in the menu, in the text, or to the question after."""
        self.call_later(self._newer)

    def _newer(self) -> None:
        if self._menu.display:
            self._menu.action_cursor_down()
        elif not self.cursor_at_last_line:
            self.action_cursor_down()
        elif (text := self._history.newer()) is not None:
            self.write(text)


def _line(command: Command) -> Content:
    return Content.assemble((f"{command.name} {command.arguments}".ljust(24), "bold"), (command.help, "dim"))
