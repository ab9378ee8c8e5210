"""`millhand manuals`: add manuals, look into them, and ask them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import UsageError, did_you_mean
from plant.time import to_iso
from tui.cli import manuals_add, manuals_ask
from tui.cli.common import JsonFlag, StoreOption, print_json, say, settings_from, talk, verb_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.settings import Settings
    from plant.store.contract import Document, Passage, Store
    from plant.store.sqlite import SqliteStore

app = verb_group('Add manuals and ask them. Example: millhand manuals ask "what does fault E07 mean?"')

manuals_add.register(app)
manuals_ask.register(app)

_SEARCH_LIMIT = 10
_CODES = 30  # of a kind that are shown
_KINDS = {"fault": "Fault codes", "part": "Part numbers", "bolt": "Bolt sizes"}


@app.command("list")
def list_(as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """List the manuals.

    Example: millhand manuals list
    """
    with _read(settings_from(store=store)) as opened:
        documents = opened.documents()
        listed = [_document(opened, document) for document in documents] if as_json else []
    if as_json:
        print_json(listed)
    elif not documents:
        talk("There are no manuals yet. Add one: millhand manuals add FILE.pdf")
    else:
        width = max(len(document.name) for document in documents)
        for document in documents:
            revision = f" ({document.revision})" if document.revision else ""
            say(f"{document.name:<{width}}  {document.pages:>5} pages  {document.title}{revision}")


@app.command()
def show(
    name: str,
    page: Annotated[int | None, typer.Option(help="Show what was read from this page.")] = None,
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Show what was understood of a manual, or what was read from one page.

    Example: millhand manuals show CW-100-manual.pdf --page 12
    """
    import msgspec

    from ingestion.manuals.report import Report, in_words

    with _read(settings_from(store=store)) as opened:
        document = _named(opened, name)
        passages = opened.page_passages(document.name, page) if page is not None else []
        shown = _document(opened, document)
    if page is not None:
        if not 1 <= page <= document.pages:
            raise UsageError(f"{name} has no page {page}; it has {document.pages}.")
        _print_passages(passages, as_json=as_json)
    elif as_json:
        print_json(shown)
    else:
        say(f"{document.name}: {document.title}{f' ({document.revision})' if document.revision else ''}")
        say(in_words(msgspec.convert(document.report, Report)))
        say("\n".join(_known(shown)) or "It is linked to no asset and no model.")


@app.command()
def search(
    words: Annotated[list[str], typer.Argument()],
    limit: Annotated[int, typer.Option(min=1)] = _SEARCH_LIMIT,
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Search the manuals for words, English or French; the best passages first.

    Example: millhand manuals search torque M12
    """
    from ingestion.manuals.words import read_question

    match = read_question(" ".join(words)).match()
    if not match:
        raise UsageError("There is no word to search for in that.", hint="Name a code or a thing: E07, torque.")
    with _read(settings_from(store=store)) as opened:
        _print_passages(opened.search_passages(match, limit=limit), as_json=as_json)


@app.command()
def remove(name: str, as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """Remove a manual.

    Example: millhand manuals remove CW-100-manual.pdf
    """
    with _open(store) as opened:
        document = _named(opened, name)
        opened.remove_document(document.name)
    if as_json:
        print_json({"removed": document.name})
    else:
        say(f"{document.name}: removed.")


def _open(store: str | None) -> SqliteStore:
    """Opens the store to change it; it is made if it is not there."""
    from plant.store.sqlite import open_store

    return open_store(settings_from(store=store).store.path)


def _read(settings: Settings) -> SqliteStore:
    """Opens the store to read it; the demo plant is built if there is none."""
    from ingestion.demo import ensure_demo
    from plant.store.sqlite import open_store

    ensure_demo(settings, talk)
    return open_store(settings.store.path, read_only=True)


def _named(opened: Store, name: str) -> Document:
    documents = {document.name: document for document in opened.documents()}
    if name not in documents:
        hint = did_you_mean(name, documents) or f"There are: {', '.join(documents) or 'none'}."
        raise UsageError(f"There is no manual {name!r}.", hint=hint)
    return documents[name]


def _document(opened: Store, document: Document) -> dict[str, Any]:
    from ingestion.manuals.index import links_and_relations

    links, relations = links_and_relations(opened, document.name)
    return {
        "name": document.name,
        "title": document.title,
        "pages": document.pages,
        "sha256": document.sha256,
        "added": to_iso(document.added_at),
        "revision": document.revision,
        "report": {key: value for key, value in document.report.items() if key != "edition"},
        "links": [{"subject": link.subject, "kind": link.kind, "why": link.why} for link in links],
        "relations": [{"other": one.other, "kind": one.kind, "share": one.share} for one in relations],
        "codes": opened.document_codes(document.name),
    }


def _known(shown: dict[str, Any]) -> list[str]:
    """Returns lines on what a manual is about, what it names, and what it resembles."""
    lines = []
    if shown["links"]:
        lines.append(f"Describes {manuals_add.described(shown['links'])}.")
    for kind, codes in shown["codes"].items():
        listed = ", ".join(code.upper() for code in codes[:_CODES])
        lines.append(f"{_KINDS[kind]}: {listed}{f' and {len(codes) - _CODES} more' if len(codes) > _CODES else ''}.")
    return [*lines, *(manuals_add.resembles(one) for one in shown["relations"])]


def _print_passages(passages: Sequence[Passage], *, as_json: bool) -> None:
    if as_json:
        keys = ("document", "page", "label", "section", "kind", "text", "score")
        print_json([{key: getattr(passage, key) for key in keys} for passage in passages])
        return
    if not passages:
        talk("Nothing was found.")
    for passage in passages:
        say(f"{passage.document}, p. {passage.label}, {passage.section}\n{passage.text}\n")
