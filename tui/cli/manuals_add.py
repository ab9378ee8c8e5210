"""`millhand manuals add`: files and folders of manuals into the store, with a report of each."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path  # noqa: TC003 (typer reads the annotation when it runs)
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from plant.errors import BadInput, ExitCode, MillhandError, UsageError, did_you_mean
from tui.cli.common import GraphOption, JsonFlag, StoreOption, print_json, say, settings_from, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ingestion.manuals.index import Added
    from ingestion.manuals.links import Plant
    from plant.settings import Settings
    from plant.store.contract import Store

_FEW = 5


def register(app: typer.Typer) -> None:
    """Adds the verb to a group."""
    app.command()(add)


def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...")],
    asset: Annotated[
        list[str] | None, typer.Option(help="An asset or model that these manuals describe; may be repeated.")
    ] = None,
    replace: Annotated[bool, typer.Option(help="Take the place of other revisions of the same manual.")] = False,
    as_json: JsonFlag = False,
    store: StoreOption = None,
    graph: GraphOption = None,
) -> None:
    """Add manuals: PDF, DOCX, HTML, Markdown, text. What is there already is left; a killed command is started again.

    Examples: millhand manuals add CW-100-manual.pdf
              millhand manuals add pumps/ --asset P-101 --replace
    """
    from ingestion.manuals.index import add_manual, link_manuals
    from plant.store.sqlite import open_store

    settings = settings_from(store=store, graph=graph)
    failed: list[dict[str, str]] = []
    added: list[Added] = []
    found, others = _gathered(files, failed)
    with open_store(settings.store.path) as opened:
        plant = _plant(opened, settings)
        given = _checked(asset or [], plant)
        if plant is not None:
            link_manuals(opened, plant)
        with _progress(len(found)) as begin:
            for file in found:
                try:
                    one = add_manual(opened, file, plant=plant, given=given, replace=replace, step=begin(file.name))
                except BadInput as error:
                    _fail(failed, file, error)
                    continue
                added.append(one)
                if not as_json:
                    say(_told(one))
    if others:
        talk(_left_out(others))
    if as_json:
        print_json([_as_json(one) for one in added])
    else:
        _sum_up(added, failed)
    if failed:
        raise typer.Exit(ExitCode.BAD_INPUT)


def _gathered(files: Sequence[Path], failed: list[dict[str, str]]) -> tuple[list[Path], list[Path]]:
    """Returns the files to read, those of folders by name, and the files of folders that are no manuals.

    Hidden files are passed by, and so are links in a folder: what they lead to is named by itself.
    """
    from ingestion.manuals.readers import endings

    known = endings()
    found: list[Path] = []
    others: list[Path] = []
    for file in files:
        if not file.is_dir():
            found.append(file)
            continue
        try:
            inside = sorted(path for path in file.rglob("*") if path.is_file() and not path.is_symlink())
        except OSError as error:
            _fail(failed, file, BadInput(f"{file} cannot be read: {error.strerror}."))
            continue
        shown = [p for p in inside if not any(part.startswith(".") for part in p.relative_to(file).parts)]
        manuals = [path for path in shown if path.suffix.lower() in known]
        if not manuals:
            hint = f"Manuals are files that end in {', '.join(known)}."
            _fail(failed, file, BadInput(f"There are no manuals in {file}.", hint=hint))
        found += manuals
        others += [path for path in shown if path.suffix.lower() not in known]
    return list(dict.fromkeys(found)), others


def _fail(failed: list[dict[str, str]], file: Path, error: MillhandError) -> None:
    failed.append({"file": str(file), "error": str(error)})
    talk(f"{error.title}: {error}")


def _plant(store: Store, settings: Settings) -> Plant | None:
    """Returns what manuals may be about; None where the plant graph does not answer."""
    from tools.manuals.plant import plant_of

    try:
        return plant_of(store, settings)
    except MillhandError as error:
        talk(f"{error} Manuals are linked to the assets of the sensor registry alone.")
        return None


def _checked(names: Sequence[str], plant: Plant | None) -> list[str]:
    """Returns assets and models as the plant spells them; where none are known at all, as given."""
    known = {name.casefold(): name for name in (*plant.assets, *plant.models)} if plant is not None else {}
    for name in names:
        if known and name.casefold() not in known:
            hint = did_you_mean(name, known.values()) or "See millhand tags list, or load the plant graph."
            raise UsageError(f"There is no asset or model {name!r} in this plant.", hint=hint)
    return [known.get(name.casefold(), name) for name in names]


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Shows which file is read and how far, on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.description}", markup=False)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), text)
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        files = bar.add_task("manuals", total=total, completed=-1)
        pages = bar.add_task("", total=None, visible=False)

        def begin(name: str) -> Callable[[int, int], None]:
            bar.update(files, advance=1)
            bar.update(pages, visible=False)

            def step(done: int, of: int) -> None:
                bar.update(pages, description=f"pages of {name}", completed=done, total=of, visible=True)

            return step

        yield begin


def _told(one: Added) -> str:
    """Returns what became of a manual: what was understood, what it is about, what it resembles."""
    from ingestion.manuals.report import in_words

    edition = f" ({one.revision})" if one.revision else ""
    lines = [f"{one.name}{edition}: {'added' if one.new else 'was there already'}. {in_words(one.report)}"]
    known = _as_json(one)
    if one.links:
        lines.append(f"  Describes {described(known['links'])}.")
    lines += [f"  {resembles(relation)}" for relation in known["relations"]]
    if one.new and any(relation.kind == "revision" for relation in one.relations):
        lines.append("  Both are kept; add it with --replace to keep the new one alone.")
    if one.replaced:
        lines.append(f"  It takes the place of {', '.join(one.replaced)}.")
    return "\n".join(lines)


def described(links: Sequence[Mapping[str, Any]]) -> str:
    """Returns what a manual describes, with the reasons: `P-101, P-102 (title)`."""
    by_why: dict[str, list[str]] = {}
    for link in links:
        by_why.setdefault(link["why"], []).append(link["subject"])
    return "; ".join(f"{', '.join(subjects)} ({why})" for why, subjects in by_why.items())


def resembles(relation: Mapping[str, Any]) -> str:
    """Returns in a sentence how another manual resembles one."""
    other, share = relation["other"], f"{100 * relation['share']:.0f} % of their words are the same"
    if relation["kind"] == "same text":
        return f"It says the same as {other}, word for word."
    if relation["kind"] == "revision":
        return f"It is another revision of {other}: {share}."
    return f"It is nearly the same as {other}, which is not called the same: {share}."


def _left_out(others: Sequence[Path]) -> str:
    kinds = sorted({path.suffix.lower() or path.name for path in others})
    more = " ..." if len(kinds) > _FEW else ""
    files = "1 file that is no manual was" if len(others) == 1 else f"{len(others)} files that are no manuals were"
    return f"{files} passed by: {', '.join(kinds[:_FEW])}{more}."


def _sum_up(added: Sequence[Added], failed: Sequence[object]) -> None:
    if len(added) + len(failed) > 1:
        new = sum(one.new for one in added)
        talk(f"{new} added, {len(added) - new} were there already, {len(failed)} could not be read.")


def _as_json(one: Added) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(one)
    fields["links"] = [{key: link[key] for key in ("subject", "kind", "why")} for link in fields["links"]]
    fields["relations"] = [{key: one[key] for key in ("other", "kind", "share")} for one in fields["relations"]]
    return fields
