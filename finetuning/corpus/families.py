"""A family of machines: what its manuals may say, in several wordings, with slots for what differs.

One file for a language, `NAME.LANGUAGE.toml`:

    split = "train"                            # or "validation"; only in the English file, for both
    kind = ["centrifugal pump", "process pump"]
    models = ["KP-40", "Norva 65"]             # names of the machine, one for each manual

    [slots]                                    # drawn for each manual; a French file says only what differs
    flow = { metric = "20..90/2 m³/h", imperial = "90..400/10 gpm" }   # FROM..TO/STEP
    oil = ["mineral oil ISO VG 46", "synthetic oil ISO VG 68"]

    [fault.low-flow]                           # its code is drawn
    name = ["low flow", "flow below minimum"]
    cause = ["suction strainer clogged"]
    remedy = ["Clean the suction strainer."]

    [spec]                                     # the value is the slot of that name
    flow = ["rated flow", "flow at duty point"]

    [setting]                                  # the same, with a parameter number that is drawn
    [part]                                     # part numbers and quantities are drawn
    [torque]                                   # bolts and torques are drawn
    casing = ["casing bolts"]

    [interval]                                 # D, W, M, Q, H, Y, L: daily, weekly, monthly ... every few years
    seal = { task = ["check the shaft seal for leaks"], every = "W" }

    [lubricant]
    bearing = { point = ["drive-side bearing"], with = "{grease}", amount = "{grease-amount}" }

    [text.principle]                           # one paragraph; each sentence has its wordings
    chapter = "description"
    heading = ["How the pump works"]
    say = [["The liquid enters <inlet|at the eye of the impeller>.", "..."], "..."]

    [procedure.seal]
    chapter = "maintenance"
    heading = ["Replacing the shaft seal"]
    warning = ["..."]                          # where there is one: a box before the steps
    steps = ["Stop the pump.", ["Close both valves.", "Shut the valves on either side."], "? Drain the casing."]

    [warning]                                  # boxes of the chapter on safety
    hot = ["The casing is hot."]

A step that begins with `? ` may be left out. `{slot}` and `<name|words>` are what a question can ask for. Words of a
sentence (names, tasks, points, joints) are written in lower case and get their capital where they begin a cell.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from plant.errors import BadInput

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Wordings = str | tuple[str, ...]
LANGUAGES: Final = ("en", "fr")


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault; each field has its wordings."""

    name: Wordings
    cause: Wordings
    remedy: Wordings


class Interval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Work that is done again and again."""

    task: Wordings
    every: Literal["D", "W", "M", "Q", "H", "Y", "L"]


class Lubricant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lubricant": "with"}):
    """What a point is lubricated or filled with."""

    point: Wordings
    lubricant: Wordings
    amount: Wordings


class Prose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paragraph: sentences, each in its wordings."""

    chapter: str
    heading: Wordings
    say: tuple[Wordings, ...]


class Procedure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Steps in their order."""

    heading: Wordings
    steps: tuple[Wordings, ...]
    chapter: str = "maintenance"
    warning: Wordings = ()


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure in either system of units."""

    metric: str
    imperial: str


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the manuals of a family may say; the module's docstring has the fields."""

    name: str
    language: str
    split: Literal["train", "validation"]
    kind: tuple[str, ...]
    models: tuple[str, ...]
    slots: dict[str, Slot | str | tuple[str, ...]]
    fault: dict[str, Fault]
    spec: dict[str, Wordings]
    setting: dict[str, Wordings] = {}
    part: dict[str, Wordings] = {}
    torque: dict[str, Wordings] = {}
    interval: dict[str, Interval] = {}
    lubricant: dict[str, Lubricant] = {}
    text: dict[str, Prose] = {}
    procedure: dict[str, Procedure] = {}
    warning: dict[str, Wordings] = {}


def family_names() -> list[str]:
    """Returns the names of the families, in order."""
    return sorted(
        entry.name.removesuffix(".en.toml") for entry in _folder().iterdir() if entry.name.endswith(".en.toml")
    )


@cache
def load_family(name: str, language: str) -> Family | None:
    """Returns a family in a language; None where it is not written in that language.

    Raises:
        BadInput: When a file is not as the module's docstring says.
    """
    english = _read(name, "en")
    if language == "en":
        return _family(name, language, english)
    other = _read(name, language)
    if not other:
        return None
    slots = {**english.get("slots", {}), **other.get("slots", {})}
    return _family(name, language, {**other, "slots": slots, "split": english["split"]})


def _read(name: str, language: str) -> dict[str, Any]:
    path = _folder() / f"{name}.{language}.toml"
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} is no TOML: {error}.") from error


def _family(name: str, language: str, tables: dict[str, Any]) -> Family:
    try:
        return msgspec.convert({**tables, "name": name, "language": language}, Family)
    except msgspec.ValidationError as error:
        raise BadInput(f"{name}.{language}.toml: {error}.") from error


def _folder() -> Traversable:
    """Returns where the families stand; they are shipped with the package."""
    return files("finetuning.corpus") / "families"
