"""An adapter that is shipped is found for its base, with its card, and the others stay."""

from __future__ import annotations

import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")

from finetuning.export import ship as shipping
from finetuning.export.ship import ship
from finetuning.export.tuned import open_tuned
from inference.adapters import LIST, adapters_for, shipped
from plant.errors import BadInput
from tests.unit.finetuning.export.tiny import make_run


@pytest.fixture
def tuned(base_of, tmp_path):
    base = base_of("llama")
    run = make_run(tmp_path / "run", base.folder)
    run.card.write_text("# A card\n")
    return open_tuned(run.folder, gguf=base.gguf, told=print)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "adapters"
    place.mkdir()
    (place / LIST).write_text("")
    return place


def test_it_is_found_for_its_base_and_the_others_stay(tuned, folder):
    first = ship(tuned, "manuals", 'train "a" \\ b', folder)
    ship(tuned, "cypher", "train", folder)
    assert adapters_for(tuned.gguf, folder) == {name: folder / f"{name}.gguf" for name in ("cypher", "manuals")}
    assert shipped(folder)["manuals"] == first
    assert (folder / "manuals.md").read_text() == "# A card\n"


def test_one_that_is_too_large_or_has_no_card_does_not_ship(tuned, folder, monkeypatch):
    monkeypatch.setattr(shipping, "MOST_BYTES", 1_000)
    with pytest.raises(BadInput, match="1,000 are the most"):
        ship(tuned, "manuals", "train", folder)
    tuned.run.card.unlink()
    with pytest.raises(BadInput, match="has no card"):
        ship(tuned, "manuals", "train", folder)
    assert [path.name for path in folder.iterdir()] == [LIST]
