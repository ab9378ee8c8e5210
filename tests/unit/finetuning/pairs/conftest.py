"""Two small manuals in a store: an English pump and a French compressor, made on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingestion.manuals.words import searchable
from plant.store.contract import Document, Passage
from plant.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from plant.store.contract import Store

Piece = tuple[int, str, str, str]
"""Page, section, kind, text."""

PUMP: Sequence[Piece] = (
    (1, "1 Safety", "warning", "WARNING: Never run the pump against a closed valve for longer than 2 minutes."),
    (1, "2 Design", "paragraph", "The relief valve opens at 12.5 bar. The strainer protects the pump from stones."),
    (2, "3 Faults", "table", "Code: E07\nMeaning: Low flow\nCause: Strainer blocked\nRemedy: Clean the strainer"),
    (2, "3 Faults", "table", "Code: E08\nMeaning: Motor hot\nCause: Voltage low\nRemedy: Measure the three phases"),
    (2, "4 Torques", "table", "Bolt: Casing nuts\nThread: M12\nTorque: 85 Nm"),
    (2, "4 Torques", "table", "Bolt: Pump feet\nThread: M16\nTorque: 130 Nm"),
    (2, "5 Data", "table", "Quantity: Rated flow\nValue: 14\nUnit: m3/h"),
    (3, "6.1 Replacing the seal", "procedure", "1. Drain the pump.\n2. Pull the old seal.\n3. Press the new one in."),
    (4, "6.1 Replacing the seal", "procedure", "4. Fill the pump.\n5. Start it."),
    (4, "6.2 Oil", "paragraph", "Change the oil every 4,000 hours. The oil must not exceed 80 degC."),
    (5, "7 Parts", "table", "Number: KP-0331\nPart: Mechanical seal"),
)
COMPRESSOR: Sequence[Piece] = (
    (1, "1 D\u00e9fauts", "table", "Code: D11\nLibell\u00e9: Pression basse\nRem\u00e8de: Contr\u00f4ler le filtre"),
    (2, "2 Entretien", "paragraph", "Vidanger l'huile toutes les 2 000 heures. Ne jamais ouvrir le capot en marche."),
)


def _put(store: Store, name: str, title: str, pieces: Sequence[Piece]) -> None:
    passages = [
        Passage(0, name, page, str(page), section, kind, text, searchable(f"{section}\n{text}"))
        for page, section, kind, text in pieces
    ]
    pages = max(page for page, *_ in pieces)
    store.put_document(Document(0, f"{name:0<64}", name, title, pages, 0, {}), passages)


@pytest.fixture
def put(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Makes a store with a manual of the pieces given, "KP-40 centrifugal pump"."""
    with open_store(tmp_path / "own.db") as opened:

        def make(*pieces: Piece, title: str = "KP-40 centrifugal pump") -> Store:
            _put(opened, "KP-40.pdf", title, pieces)
            return opened

        yield make


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with both manuals."""
    with open_store(tmp_path / "plant.db") as opened:
        _put(opened, "KP-40.pdf", "KP-40 centrifugal pump", PUMP)
        _put(opened, "CV-90.pdf", "Compresseur CV-90, notice d'utilisation", COMPRESSOR)
        yield opened
