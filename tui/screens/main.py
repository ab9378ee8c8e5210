"""The one screen: what is wrong on the left, what is asked on the right, how it is with us below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList

from tui.actions import Scope, bindings
from tui.live import TagState
from tui.screens.evidence import EvidenceScreen
from tui.screens.help import CAN
from tui.screens.subject import AlertScreen, TagScreen
from tui.text import plural
from tui.widgets.alerts import AlertList
from tui.widgets.chat import Chat
from tui.widgets.prompt import CommandMenu, Prompt
from tui.widgets.status import StatusLine, TitleLine, aside_words, count_words
from tui.widgets.tags import TagList
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from textual import events
    from textual.app import ComposeResult

    from plant.settings import Settings
    from tui.conversation import Conversation
    from tui.live import Snapshot
    from tui.services import Services
    from tui.state import PromptHistory

LEAST_WIDTH = 60
LEAST_HEIGHT = 15
WIDE = 100

_HELLO = "\n".join(["Ask about the plant, in English or French:", "", *(f"  {line}" for line in CAN)])
_LEFT_OPEN = "-left-open"


class MainScreen(Screen[None]):
    """Shows what the app knows, and says what a person wants; it reads and writes nothing itself.

    Args:
        settings: Of the plant.
        zone: The plant's time zone.
        clock: The wall clock, UTC milliseconds.
        history: Earlier questions.
    """

    BINDINGS: ClassVar = bindings(Scope.MAIN)

    class Wanted(Message):
        """A person wants what only the app can do: `copy`, `export`, `clear` or `cancel`."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(
        self, settings: Settings, zone: tzinfo, clock: Callable[[], int], history: PromptHistory, talk: Conversation
    ) -> None:
        super().__init__()
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._talk = talk
        self._snapshot: Snapshot | None = None

        self.chat = Chat(zone)
        menu = CommandMenu()
        self.prompt = Prompt(history, menu)
        self._menu = menu
        self._alerts = AlertList(zone)
        self._tags = TagList()
        self._alerts_heading = DataText("Alerts", classes="heading")
        self._tags_heading = DataText("Tags", id="tags-heading", classes="heading")
        self._counts = DataText(count_words(None), id="counts")
        self._status = StatusLine()
        self._too_small = DataText("", id="too-small")

    def compose(self) -> ComposeResult:
        """Lays the screen out."""
        yield TitleLine(self._settings.plant.name, self._zone, self._clock)
        yield self._counts
        with Horizontal(id="main"):
            with Vertical(id="left"):
                yield self._alerts_heading
                yield self._alerts
                yield self._tags_heading
                yield self._tags
            with Vertical(id="right"):
                with self.chat:
                    yield DataText(_HELLO, id="hello")
                yield self._menu
                yield self.prompt
        yield self._status
        yield self._too_small

    def on_mount(self) -> None:
        """Begins at the prompt."""
        self.chat.show(self._talk)
        self.prompt.focus()

    def show_plant(self, snapshot: Snapshot) -> None:
        """Shows the plant as it is now."""
        self._snapshot = snapshot
        self._alerts_heading.update(f"Alerts ({snapshot.standing} standing{aside_words(snapshot)})")
        bad = [f"{snapshot.count(state)} {state}" for state in TagState if state is not TagState.GOOD]
        told = ", ".join(text for text in bad if not text.startswith("0 "))
        self._tags_heading.update(f"Tags ({len(snapshot.tags)}{f', {told}' if told else ''})")
        self._counts.update(f"{count_words(snapshot)} · F2 opens")
        self._alerts.show(snapshot)
        self._tags.show(snapshot)
        self._say_size()

    def show_status(self, snapshot: Snapshot | None, services: Services | None) -> None:
        """Shows how it is with stream, graph and model."""
        self._status.show(snapshot, services)

    def show_conversation(self, conversation: Conversation) -> None:
        """Begins with another conversation."""
        self._talk = conversation
        self.chat.show(conversation)

    def on_resize(self, _: events.Resize) -> None:
        """Writes the lists again for their new width, and goes to the prompt where what had the focus was hidden."""
        self._say_size()
        self.call_after_refresh(self._focus_prompt)
        if self._snapshot is not None:
            self.call_after_refresh(self.show_plant, self._snapshot)

    def _focus_prompt(self) -> None:
        if self.focused is None:
            self.prompt.focus()

    def _say_size(self) -> None:
        standing = f" {plural(self._snapshot.standing, 'alert')} standing." if self._snapshot else ""
        self._too_small.update(
            f"millhand needs a window of {LEAST_WIDTH} by {LEAST_HEIGHT}; "
            f"this one has {self.size.width} by {self.size.height}.{standing}"
        )

    # What keys do.

    def action_show_alerts(self) -> None:
        """Goes to the alerts; from there back to the prompt."""
        self._go_left(self._alerts)

    def action_show_tags(self) -> None:
        """Goes to the tags; from there back to the prompt."""
        self._go_left(self._tags)

    def action_cancel(self) -> None:
        """Closes the menu of commands, or goes to the prompt, or there gives the running question up."""
        if self._menu.display:
            self._menu.display = False
        elif self.prompt.has_focus and not self.has_class(_LEFT_OPEN):
            self.post_message(self.Wanted("cancel"))
        else:
            self._go_to_prompt()

    def action_open_evidence(self, turn: int | None = None, number: int = 1) -> None:
        """Opens an evidence of a turn, else the first one of the last answer."""
        answer = self._talk.last_answer if turn is None else self._talk.turns[turn].answer
        if answer is not None and 1 <= number <= len(answer.evidence):
            self.app.push_screen(EvidenceScreen(answer, number, self._zone))
        else:
            text = "There is no answer yet." if answer is None else "That answer has no evidence."
            self.notify(text, markup=False)

    def action_show_earlier(self) -> None:
        """Brings earlier turns back."""
        self.chat.show_earlier()

    def action_page_up(self) -> None:
        """Scrolls the conversation up."""
        self.chat.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Scrolls the conversation down."""
        self.chat.scroll_page_down(animate=False)

    def action_newest(self) -> None:
        """Goes to the end of the conversation and stays there."""
        self.chat.anchor()

    def action_copy_answer(self) -> None:
        """Copies the last answer."""
        self.post_message(self.Wanted("copy"))

    def action_export(self) -> None:
        """Writes the conversation to a file."""
        self.post_message(self.Wanted("export"))

    def action_clear(self) -> None:
        """Begins a new conversation."""
        self.post_message(self.Wanted("clear"))

    def _go_left(self, rows: AlertList | TagList) -> None:
        if rows.has_focus:
            self._go_to_prompt()
            return
        self.add_class(_LEFT_OPEN)
        if self._snapshot is not None:  # its width is known only now
            self.call_after_refresh(self.show_plant, self._snapshot)
        rows.focus()
        if rows.highlighted is None and rows.option_count:
            rows.action_first()

    def _go_to_prompt(self) -> None:
        self.remove_class(_LEFT_OPEN)
        self.prompt.focus()

    @on(OptionList.OptionSelected, "#alerts")
    def _open_alert(self, event: OptionList.OptionSelected) -> None:
        if self._alerts.unfold(event.option_id or ""):
            return
        alert = self._snapshot.alert(event.option_id or "") if self._snapshot else None
        if alert is not None and self._snapshot is not None:
            self.app.push_screen(AlertScreen(alert, self._snapshot, self._settings, self._zone))

    @on(OptionList.OptionSelected, "#tags")
    def _open_tag(self, event: OptionList.OptionSelected) -> None:
        line = self._snapshot.tag(event.option_id or "") if self._snapshot else None
        if line is not None and self._snapshot is not None:
            self.app.push_screen(TagScreen(line, self._snapshot.at, self._settings, self._zone))
