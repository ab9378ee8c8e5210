"""`millhand finetune pairs`: questions and answers from manuals, and the data sets of the other tasks."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from finetuning.datasets.splits import By
from finetuning.example import Task
from plant.errors import BadInput, UsageError, did_you_mean
from plant.files import writing
from tui.cli.common import JsonFlag, ModelOption, StoreOption, print_json, say, settings_from, talk, verb_group
from tui.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.datasets.folder import Dataset
    from finetuning.pairs.dataset import Tell, Wanted
    from finetuning.pairs.make import Made
    from finetuning.pairs.model import ModelMaker
    from plant.settings import Settings
    from plant.store.contract import Document, Store

app = verb_group()

_MANUALS: Final = "manuals.db"
_JOURNAL: Final = "journal.jsonl"
_LISTED_MANUALS: Final = 5


@app.command()
def pairs(  # noqa: PLR0913, PLR0917 (one parameter an option: that is how typer reads them)
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE...", help="Files or folders of manuals, or names of manuals of the store."),
    ] = None,
    task: Annotated[Task, typer.Option("--task", help="What the model is to learn.")] = Task.MANUALS,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The data set's folder.")] = Path("data"),
    seed: Annotated[int, typer.Option("--seed", help="What chance is drawn with.")] = 1,
    per_page: Annotated[int, typer.Option("--per-page", min=1, help="The most pairs of one page.")] = 16,
    most: Annotated[int, typer.Option("--most", min=0, help="The most pairs with passages of their own; 0 all.")] = 0,
    beside: Annotated[int, typer.Option("--beside", min=0, help="More questions about the same passages.")] = 0,
    split: Annotated[By, typer.Option("--split", help="What is never split.")] = By.SECTION,
    model: ModelOption = None,
    paraphrases: Annotated[int, typer.Option("--paraphrases", min=0, help="Other wordings of a pair, by --model.")] = 0,
    summary: Annotated[bool, typer.Option("--summary", help="Tell --model what the pages before say.")] = False,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a data set: questions and answers from manuals, or the data of another task.

    Pairs are made by rules, and by a model where one is named. Every pair goes through one gate: its words stand on
    its page, its question stands alone. A command that was killed is started again and ends with the same result.

    Examples: millhand finetune pairs CW-100-manual.pdf --task manuals --out data
              millhand finetune pairs corpus --out data --most 2000
              millhand finetune pairs manuals --out data --model ollama://127.0.0.1:11434/llama3.2:3b --paraphrases 2
    """
    from finetuning.pairs.dataset import Wanted
    from finetuning.pairs.make import Plan

    settings = settings_from(store=store, model=model)
    if task is not Task.MANUALS:
        from tui.cli.finetune_data import make_data_set

        make_data_set(task, sources or [], out, settings=settings, seed=seed, as_json=as_json)
        return
    if (paraphrases or summary) and model is None:
        raise UsageError("Other wordings and a summary need a language model.", hint="Name one: --model URL.")
    plan = Plan(per_page=per_page, paraphrases=paraphrases, summary=summary, seed=seed)
    with ExitStack() as held:
        reader = held.enter_context(_reader(settings, out)) if model is not None else None
        made, dataset = _make(sources or [], settings, out, Wanted(plan, most, split, beside), reader)
    if as_json:
        from tui.cli.finetune_data import summary as summary_of

        print_json({**summary_of(out, dataset), "coverage": made.coverage})
    else:
        say("\n".join(_lines(out, made, dataset)))
    if reader is not None and reader.unreadable:
        talk(f"{reader.unreadable} of the model's answers could not be read: cut short, or not as asked for.")


@contextmanager
def _reader(settings: Settings, out: Path) -> Iterator[ModelMaker]:
    """Opens the model that the settings name, with a journal in the data set's folder."""
    from finetuning.pairs.journal import Journal
    from finetuning.pairs.model import ModelMaker
    from inference.models import open_model

    model = open_model(settings)
    if model is None:
        raise UsageError(f"{settings.model.url} is no model that writes.", hint="Leave --model out for rules only.")
    with closing(model):
        yield ModelMaker(Journal(_folder(out) / _JOURNAL, model))


def _make(
    sources: Sequence[str], settings: Settings, out: Path, wanted: Wanted, reader: ModelMaker | None
) -> tuple[Made, Dataset]:
    from finetuning.pairs.dataset import is_corpus, make_dataset
    from finetuning.pairs.rules import RuleMaker

    files = _files(sources)
    with progress("manuals") as tell, _manuals(files, sources, settings, out, tell) as (store, documents):
        rules = RuleMaker(store, seed=wanted.plan.seed)
        return make_dataset(
            store,
            documents,
            [rules, reader] if reader else [rules],
            wanted,
            out,
            corpora=[file for file in files if is_corpus(file)],
            reader=reader,
            tell=tell,
        )


def _files(sources: Sequence[str]) -> list[Path]:
    """Returns the sources as files and folders; none where they are names of manuals."""
    there = [Path(source) for source in sources if Path(source).exists()]
    if there and len(there) < len(sources):
        missing = next(source for source in sources if not Path(source).exists())
        raise UsageError(
            f"There is no file or folder {missing}.", hint="Give files and folders, or names of manuals of the store."
        )
    return there


@contextmanager
def _manuals(
    files: Sequence[Path], names: Sequence[str], settings: Settings, out: Path, tell: Tell
) -> Iterator[tuple[Store, list[Document]]]:
    """Opens a store with the manuals: one of the data set's own for files, else the plant's."""
    from plant.store.sqlite import open_store

    if files:
        with open_store(_folder(out) / _MANUALS) as store:
            yield store, _read(store, files, out, tell)
    elif names and not settings.store.path.exists():
        raise UsageError(f"There is no file or folder {names[0]}.", hint="Give files of manuals, or folders of them.")
    else:
        with open_store(settings.store.path, read_only=True) as store:
            yield store, _named(store, names)


def _folder(folder: Path) -> Path:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read(store: Store, files: Sequence[Path], out: Path, tell: Tell) -> list[Document]:
    """Has the data set's store hold these manuals, those of folders too, and no other; returns them."""
    from ingestion.manuals.index import add_manual

    added = set()
    paths = [path for file in files for path in (_within(file, out) if file.is_dir() else [file])]
    for done, path in enumerate(paths, 1):
        try:
            added.add(add_manual(store, path).name)
        except BadInput as error:
            talk(f"{error.title}: {error}")
        tell("manuals", done, len(paths))
    for document in store.documents():
        if document.name not in added:
            store.remove_document(document.name)
    documents = store.documents()
    if not documents:
        raise BadInput("None of these files could be read as a manual.")
    return documents


def _within(folder: Path, out: Path) -> list[Path]:
    """Returns the files of a folder that end as manuals do, those of folders in it too, but of the data set's own."""
    from ingestion.manuals.readers import endings

    files = (path for path in folder.rglob("*") if path.suffix.lower() in endings() and path.is_file())
    return sorted(path for path in files if out.resolve() not in path.resolve().parents)


def _named(store: Store, names: Sequence[str]) -> list[Document]:
    """Returns manuals of the plant's store by name; all of them where none is named."""
    documents = {document.name: document for document in store.documents()}
    for name in names:
        if name not in documents:
            raise UsageError(
                f"There is no file and no manual {name!r}.",
                hint=did_you_mean(name, documents) or "See millhand manuals list.",
            )
    if not documents:
        raise UsageError("There are no manuals yet.", hint="Name a file, or add one: millhand manuals add FILE.")
    return [documents[name] for name in names or documents]


def _lines(out: Path, made: Made, dataset: Dataset) -> list[str]:
    """Says what was made, what the gate turned back, and which pages gave nothing."""
    counts: dict[str, Any] = made.counts()
    parts = [f"{len(examples):,} {split}" for split, examples in dataset.splits.items() if examples]
    return [
        f"{out}: {counts['pairs']:,} pairs ({_listed(counts['by_kind'])}).",
        f"Turned back by the gate: {_listed(counts['rejected']) or 'none'}. Beyond the quota: {made.beyond_quota:,}.",
        f"Examples: {', '.join(parts)}; split {dataset.info.split}.",
        *_pages_without(made, out),
    ]


def _pages_without(made: Made, out: Path) -> list[str]:
    """Says which pages gave nothing: of a few manuals one by one, else how many."""
    from finetuning.pairs.make import COVERAGE

    some = [one for one in made.coverage if one.without]
    if len(some) > _LISTED_MANUALS:
        pages = sum(len(one.without) for one in some)
        return [f"No pair on {pages:,} pages of {len(some):,} manuals, such as title pages: {out / COVERAGE}."]
    return [f"{one.document}: no pair on page {', '.join(map(str, one.without))}." for one in some]


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
