"""The terminal: `run_terminal` opens it on the store of the settings.

The app holds the state and the threads (`tui/background.py`), and decides; the screen shows. The first paint
waits for no thread, so a broker, model or graph that is down is a word in the status line and not a failure to start.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.app import App, SystemCommand
from textual.widgets import Input, TextArea
from textual.worker import Worker, WorkerState

from plant.errors import BadInput, UsageError
from plant.time import now_ms, to_local, zone_named
from tui.actions import ACTIONS, Scope, bindings
from tui.background import AgentDesk, PlantWatch, ServiceWatch, write_deed, write_verdict
from tui.commands import forecast_question, is_command, parse_command
from tui.conversation import Conversation, answer_text, export
from tui.deeds import COMMANDS as DEED_COMMANDS
from tui.deeds import DONE, typed_wish, wish_for
from tui.dialogue import Dialogue
from tui.keymap import check_keymap
from tui.screens.evidence import EvidenceScreen
from tui.screens.help import HelpScreen
from tui.screens.main import LEAST_HEIGHT, LEAST_WIDTH, WIDE, MainScreen
from tui.screens.note import NoteScreen
from tui.screens.subject import AlertScreen
from tui.screens.welcome import WelcomeScreen
from tui.state import PromptHistory, limits_were_read, remember_limits_read, state_dir
from tui.text import clean, plural
from tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.screen import Screen

    from agents.contract import Assistant
    from plant.settings import Settings
    from tools.people import Deed
    from tui.background import AssistantFactory
    from tui.deeds import Wish
    from tui.live import Snapshot
    from tui.messages import AnswerJudged, AskFailed, DeedWanted, Heard, Noted, PlantSeen, ServicesSeen
    from tui.services import Services

_QUIT_SECONDS: Final = 3.0
_LOOK_SECONDS: Final = 1.0


def run_terminal(settings: Settings) -> None:
    """Opens the terminal and returns when the person quits.

    Raises:
        SettingsError: If the plant's time zone, the theme or the keymap of the settings makes no sense.
    """
    MillhandApp(settings).run()


def open_agent(settings: Settings) -> Assistant:
    """Opens the agent; imported here, since it brings the statistics along."""
    from agents.assistant import open_assistant

    return open_assistant(settings)


class MillhandApp(App[None]):
    """The terminal app.

    Args:
        settings: Which plant, store, model and graph; keys and theme.
        assistant_factory: Opens the agent, in a thread, after the first paint.
        clock: The wall clock, UTC milliseconds.
        look_seconds: How often the store is looked at.

    Raises:
        SettingsError: If the plant's time zone, the theme or the keymap of the settings makes no sense.
    """

    TITLE = "millhand"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar = bindings(Scope.APP)
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (LEAST_WIDTH, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 (Textual's)
    VERTICAL_BREAKPOINTS = [(0, "-too-low"), (LEAST_HEIGHT, "-high")]  # noqa: RUF012

    def __init__(
        self,
        settings: Settings,
        *,
        assistant_factory: AssistantFactory = open_agent,
        clock: Callable[[], int] = now_ms,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        check_keymap(settings.terminal.keymap)
        zone = zone_named(settings.plant.timezone)
        super().__init__()
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._plant = PlantWatch(settings, clock, look_seconds, self.post_message)
        self._services = ServiceWatch(settings, self.post_message)
        self._agent = AgentDesk(settings, assistant_factory, self.post_message)
        self.snapshot: Snapshot | None = None
        self.services: Services | None = None
        self._quitting = False
        history, conversation = PromptHistory(state_dir() / "prompts.jsonl"), Conversation()
        self.main = MainScreen(settings, zone, clock, history, conversation)
        self.dialogue = Dialogue(conversation, self.main, self._agent, self._in_thread)

    @property
    def conversation(self) -> Conversation:
        """What was asked and answered since the last clearing."""
        return self.dialogue.conversation

    # Beginning and ending.

    def get_default_screen(self) -> Screen[Any]:
        """Returns the one screen."""
        return self.main

    def on_mount(self) -> None:
        """Paints first; then lets the workers go."""
        if self._settings.terminal.theme in self.available_themes:
            self.theme = self._settings.terminal.theme
        self.set_keymap(self._settings.terminal.keymap)
        if not limits_were_read(state_dir()):
            self.push_screen(WelcomeScreen(), lambda _: remember_limits_read(state_dir()))
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._show_status()
        self._in_thread(self._plant.run, "plant")
        self._in_thread(self._services.run, "services")
        self._in_thread(self._agent.warm, "agent")

    def _in_thread(self, task: Callable[[], None], group: str) -> Worker[None]:
        return self.run_worker(task, group=group, thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        """Ends the threads and the agent."""
        self._plant.end()
        self._services.end()
        self._agent.close()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Says that a worker failed in a way nobody foresaw; the app goes on."""
        worker = event.worker
        if event.state in {WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED}:
            self.dialogue.ended(worker)
        if event.state is WorkerState.ERROR and worker.error is not None:
            text = f"millhand failed at this: {type(worker.error).__name__}: {worker.error}"
            if worker.group != "ask" or not self.dialogue.broke(text):
                self.say(text, error=True)

    # What workers say.

    def on_plant_seen(self, message: PlantSeen) -> None:
        """Shows the plant, and says in one sentence which alerts are new."""
        before, self.snapshot = self.snapshot, message.snapshot
        self.main.show_plant(message.snapshot)
        self._show_status()
        if before is None or before.trouble:
            return
        known = {alert.episode.id for alert in before.alerts}
        new = [a.episode.subject for a in message.snapshot.alerts if a.standing and a.episode.id not in known]
        told = (("retracted alert", message.snapshot.taken_back), ("new alert", tuple(new)))
        said = [_told(what, subjects) for what, subjects in told if subjects]
        if said:
            self.say("; ".join(said))

    def on_services_seen(self, message: ServicesSeen) -> None:
        """Shows graph and model."""
        self.services = message.services
        self._show_status()

    def on_heard(self, message: Heard) -> None:
        """Shows what the agent said."""
        self.dialogue.heard(message)

    def on_ask_failed(self, message: AskFailed) -> None:
        """Shows why the agent could not be asked."""
        self.dialogue.failed(message)

    def on_answer_judged(self, message: AnswerJudged) -> None:
        """Says that a verdict was written, or why it was not."""
        self.say(message.text, error=message.trouble)

    @on(EvidenceScreen.Judged)
    def _judged(self, message: EvidenceScreen.Judged) -> None:
        task = partial(write_verdict, self._settings, message.number, message.verdict, self._clock(), self.post_message)
        self._in_thread(task, "note")

    def on_noted(self, message: Noted) -> None:
        """Says what was written, or why it was not."""
        if message.trouble:
            self.say(message.trouble, error=True)
        else:
            self._plant.look_now()
            self.say(f"{DONE[message.deed.kind]}, as {self._settings.plant.operator}.")

    def _show_status(self) -> None:
        self.main.show_status(self.snapshot, self.services)

    # What a person wants.

    @on(Prompt.Sent)
    def _sent(self, message: Prompt.Sent) -> None:
        if not is_command(message.text):
            self.ask(message.text)
            return
        try:
            self._command(message.text)
        except (UsageError, BadInput) as error:
            self.say(str(error), error=True)

    def _command(self, text: str) -> None:
        typed = parse_command(text)
        if typed.name == "/forecast":
            self.ask(forecast_question(typed.arguments))
        elif typed.name == "/alerts":
            self.ask("Which alerts are standing?")
        elif typed.name in DEED_COMMANDS:
            self._confirm(typed_wish(typed.name, typed.arguments, self.snapshot))
        elif typed.name == "/export":
            self.export(Path(" ".join(typed.arguments)) if typed.arguments else None)
        elif typed.name == "/copy":
            self.copy_answer()
        elif typed.name == "/clear":
            self.dialogue.clear()
        elif typed.name == "/help":
            self.action_show_help()
        else:
            self.exit()

    def ask(self, question: str) -> bool:
        """Asks the agent, unless it is busy with another question; returns whether it did."""
        if self.dialogue.busy:
            self.say("One question at a time: Esc gives the running one up.")
            self.main.prompt.write(question)
            return False
        self.dialogue.ask(question, self._clock())
        return True

    def copy_answer(self) -> None:
        """Copies the last answer, if there is one."""
        answer = self.conversation.last_answer
        if answer is None:
            self.say("There is no answer to copy yet.")
        else:
            self.copy_text(answer_text(answer))

    def copy_text(self, text: str) -> None:
        """Puts text into the terminal's clipboard and into a file, since not every terminal obeys."""
        self.copy_to_clipboard(text)
        path = state_dir() / "copied.txt"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError:
            self.say(f"{plural(len(text), 'character')} sent to the terminal's clipboard (OSC 52).")
        else:
            self.say(f"{plural(len(text), 'character')} sent to the terminal's clipboard (OSC 52), and to {path}.")

    def export(self, path: Path | None = None) -> None:
        """Writes the conversation to a Markdown file, by default in the current folder."""
        if not self.conversation.turns:
            self.say("There is nothing to export yet.")
            return
        stamp = to_local(self._clock(), self._zone, day=True, seconds=True)
        path = path or Path(f"millhand-{re.sub('[^0-9]', '', stamp)}.md")
        try:
            export(self.conversation, path.expanduser(), self._zone)
        except BadInput as error:
            self.say(str(error), error=True)
        else:
            self.say(f"Written to {path.expanduser().resolve()}.")

    def say(self, text: str, *, error: bool = False) -> None:
        """Says one thing beside the screen; what was said before goes away."""
        self.clear_notifications()
        self.notify(clean(text), severity="error" if error else "information", timeout=6.0, markup=False)

    @on(MainScreen.Wanted)
    def _wanted(self, message: MainScreen.Wanted) -> None:
        wanted = {"copy": self.copy_answer, "export": self.export}
        {**wanted, "clear": self.dialogue.clear, "cancel": self.dialogue.cancel}[message.what]()

    # Alerts: what a person does to them is confirmed, then appended as an event.

    def on_deed_wanted(self, message: DeedWanted) -> None:
        """Asks for a confirmation, where it can be done."""
        try:
            self._confirm(wish_for(message.line, message.kind, message.feedback))
        except BadInput as error:
            self.say(str(error), error=True)

    @on(AlertScreen.Question)
    def _asked_from_alert(self, message: AlertScreen.Question) -> None:
        self.ask(message.text)

    def _confirm(self, wish: Wish) -> None:
        self.push_screen(NoteScreen(wish, self._settings.plant.operator), self._confirmed)

    def _confirmed(self, deed: Deed | None) -> None:
        if deed is not None:
            self._in_thread(partial(write_deed, self._settings, deed, self._clock(), self.post_message), "note")

    # What keys do everywhere.

    def action_show_help(self) -> None:
        """Opens the help, or closes it."""
        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(self._settings.terminal.keymap))

    def action_interrupt(self) -> None:
        """Copies what is selected; with nothing selected it quits at the second press."""
        focused = self.focused
        selected = focused.selected_text if isinstance(focused, TextArea | Input) else ""
        selected = selected or self.screen.get_selected_text() or ""
        if selected:
            self.copy_text(selected)
        elif self._quitting:
            self.exit()
        else:
            self._quitting = True
            self.say("Press Ctrl+C again to quit.")
            self.set_timer(_QUIT_SECONDS, self._stay)

    def _stay(self) -> None:
        self._quitting = False

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yields what the palette offers: every action with a label, and the themes."""
        places = {Scope.APP: self, Scope.MAIN: self.main}
        for action in ACTIONS:
            place = places.get(action.scope)
            if action.label and place is not None and (action.scope is Scope.APP or screen is self.main):
                yield SystemCommand(action.label, action.help, getattr(place, f"action_{action.name}"))
        yield SystemCommand("Theme", "Changes the colours until millhand is started again.", self.action_change_theme)


def _told(what: str, subjects: Sequence[str]) -> str:
    """Says what happened to some alerts: `2 new alerts: P-101, P-102`."""
    return f"{plural(len(subjects), what)}: {', '.join(subjects[:3])}{' …' if len(subjects) > 3 else ''}"
