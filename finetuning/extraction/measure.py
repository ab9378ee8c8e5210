"""What extractors keep of manuals whose text is known."""

from __future__ import annotations

from collections import Counter, defaultdict
from time import perf_counter
from typing import TYPE_CHECKING, Final

import msgspec
from rapidfuzz.distance import LCSseq

from finetuning.corpus.blocks import Format
from finetuning.corpus.rendering import render
from finetuning.extraction.extractors import OURS, PDF, PlainPypdf
from finetuning.extraction.layouts import LAYOUTS, in_layout, truth_of, words_of
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from finetuning.corpus.blocks import Manual
    from finetuning.extraction.extractors import Extracted, Extractor
    from finetuning.extraction.layouts import Row, Truth

_WORST: Final = 5


class Lost(msgspec.Struct, frozen=True):
    """A row of a table of which cells were not found."""

    manual: str
    cells: tuple[str, ...]


class Figures(msgspec.Struct, frozen=True):
    """What an extractor kept in a layout.

    Attributes:
        layout: Name of the layout.
        extractor: Name of the extractor.
        manuals: How many manuals were read.
        pages: How many pages they had.
        recall: Share of the words that were found (as often as they stand there).
        precision: Share of the words found that stand there.
        order: Share of the words in the longest common subsequence: found in reading order.
        cells: Share of the cells of tables found in the row of their first cell, under the right column where it has
            a name; None where the extractor knows no tables.
        labels: Share of pages with the label that is printed on them; None where it knows no labels.
        on_page: Share of the words that pypdf sees on that page too; None but for PDF.
        seconds_a_page: Wall clock.
        lost: A few rows whose cells were not found.
    """

    layout: str
    extractor: str
    manuals: int
    pages: int
    recall: float
    precision: float
    order: float
    cells: float | None
    labels: float | None
    on_page: float | None
    seconds_a_page: float
    lost: tuple[Lost, ...]


def measure(
    manuals: Sequence[Manual],
    layouts: Iterable[str],
    folder: Path,
    tell: Callable[[int, int], None] = lambda done, of: None,  # noqa: ARG005 (nobody is told)
) -> list[Figures]:
    """Measures every extractor in every layout.

    Args:
        manuals: What is written and read again.
        layouts: Names of `LAYOUTS`.
        folder: Where the files are written.
        tell: Is told how many files are read, of how many.

    Raises:
        ServiceUnavailable: If reportlab is not installed and a layout is PDF.
        BadInput: If a file cannot be written, or one of our readers cannot read it.
    """
    names = list(layouts)
    figures = []
    for number, name in enumerate(names):
        form, layout = LAYOUTS[name]
        tallies = [_Tally(extractor) for extractor in (PDF if form is Format.PDF else (OURS,))]
        for done, manual in enumerate(manuals, 1):
            laid = in_layout(manual, layout)
            path = folder / f"{name}-{done}.{form}"
            write_whole(path, [render(laid, form)])
            witness = PlainPypdf().read(path) if form is Format.PDF else None
            for tally in tallies:
                tally.add(laid.title, path, truth_of(laid), witness)
            tell(number * len(manuals) + done, len(names) * len(manuals))
        figures += [tally.figures(name) for tally in tallies]
    return figures


class _Tally:
    """Adds up what one extractor keeps."""

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor
        self._counts: Counter[str] = Counter()
        self._seconds = 0.0
        self._has: defaultdict[str, bool] = defaultdict(bool)
        self._lost: list[Lost] = []

    def add(self, title: str, path: Path, truth: Truth, witness: Extracted | None) -> None:
        """Reads a file and counts; the witness tells what is on each of its pages."""
        begin = perf_counter()
        read = self._extractor.read(path)
        self._seconds += perf_counter() - begin
        found = [word for page in read.pages for word in words_of(page)]
        found = found[len(truth.title) :] if found[: len(truth.title)] == truth.title else found
        self._counts.update(
            manuals=1,
            pages=len(read.pages),
            wanted=len(truth.words),
            found=len(found),
            both=(Counter(truth.words) & Counter(found)).total(),
            in_order=LCSseq.similarity(truth.words, found),
        )
        if read.rows is not None:
            self._has["cells"] = True
            self._count_cells(title, truth.rows, read.rows)
        if read.labels is not None:
            self._has["labels"] = True
            wanted = truth.labels(len(read.pages))
            self._counts["labels"] += sum(one == other for one, other in zip(wanted, read.labels, strict=True))
        if witness is not None:
            self._has["on_page"] = True
            for page, seen in zip(read.pages, witness.pages, strict=True):
                letters, words = "".join(words_of(seen)), words_of(page)
                self._counts.update(on_page=sum(word in letters for word in words), seen=len(words))

    def figures(self, layout: str) -> Figures:
        """Returns what was counted."""
        counts = self._counts
        return Figures(
            layout=layout,
            extractor=self._extractor.name,
            manuals=counts["manuals"],
            pages=counts["pages"],
            recall=self._share("both", "wanted"),
            precision=self._share("both", "found"),
            order=self._share("in_order", "wanted"),
            cells=self._share("cells", "of_cells") if self._has["cells"] else None,
            labels=self._share("labels", "pages") if self._has["labels"] else None,
            on_page=self._share("on_page", "seen") if self._has["on_page"] else None,
            seconds_a_page=self._seconds / max(1, counts["pages"]),
            lost=tuple(self._lost[:_WORST]),
        )

    def _share(self, part: str, whole: str) -> float:
        return self._counts[part] / self._counts[whole] if self._counts[whole] else 1.0

    def _count_cells(self, title: str, wanted: Sequence[Row], found: Sequence[Row]) -> None:
        by_cell: defaultdict[str, list[set[tuple[str, str]]]] = defaultdict(list)
        for row in found:
            cells = {(_plain(name), _plain(cell)) for name, cell in zip(row.columns, row.cells, strict=False)}
            for _, cell in cells:
                by_cell[cell].append(cells)
        for row in wanted:
            kept = max((_kept(row, cells) for cells in by_cell[_plain(row.cells[0])]), default=0)
            self._counts.update(cells=kept, of_cells=len(row.cells))
            if kept < len(row.cells):
                self._lost.append(Lost(title, row.cells))


def _kept(row: Row, cells: set[tuple[str, str]]) -> int:
    """Returns how many cells of a row are among those of another, under their columns."""
    texts = {cell for _, cell in cells}
    return sum(
        (_plain(name), _plain(cell)) in cells if name else _plain(cell) in texts
        for name, cell in zip(row.columns, row.cells, strict=True)
    )


def _plain(text: str) -> str:
    return " ".join(words_of(text))
