"""Sentences about the parts that work orders complain about: `tools/parts/tool.py` names their facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.compose.speech import Speech, marks

if TYPE_CHECKING:
    from plant.facts import ToolResult

MAX_PARTS = 5
"""Parts that are said; all of them stand in the evidence."""

MAX_QUOTES = 3

_KINDS = {
    "leakage": "fuite",
    "noise": "bruit",
    "vibration": "vibration",
    "wear": "usure",
    "breakage": "casse",
    "overheating": "échauffement",
    "corrosion": "corrosion",
    "blockage": "bouchage",
    "sticking": "blocage",
    "looseness": "desserrage",
    "misalignment": "désalignement",
    "electrical": "défaut électrique",
    "contamination": "encrassement",
    "deformation": "déformation",
    "missing": "pièce manquante",
    "slipping": "patinage",
    "no function": "hors service",
    "wrong reading": "mesure fausse",
    "other": "autre",
}
"""Kinds of defects in French."""


def parts(result: ToolResult, speech: Speech) -> list[str]:
    """Returns what the orders complain about, and the words of the first that do."""
    mark = marks([result.first("orders.count")])
    listed: list[dict[str, Any]] = result.data["parts"]
    said = [f"{_head(result.data, speech, bool(listed))}{_listed(listed, speech)}.{mark}"]
    if len(listed) > MAX_PARTS:
        text = speech.pick("All {} are in the evidence.", "Les {} sont dans la source.").format(len(listed))
        said.append(text + mark)
    return said + [f"{order}: “{quote}”{mark}" for order, quote in _quotes(listed)]


def _head(data: dict[str, Any], speech: Speech, complaining: bool) -> str:
    of = speech.pick(" of {}", " de {}").format(data["asset"]) if data["asset"] else ""
    count = data["orders"]
    if count == 1:
        what = speech.pick("The last work order{}", "Le dernier ordre de travail{}").format(of)
        complains = speech.pick(" complains about ", " se plaint de : ")
    else:
        what = speech.pick("The last {} work orders{}", "Les {} derniers ordres de travail{}").format(count, of)
        complains = speech.pick(" complain about ", " se plaignent de : ")
    if complaining:
        return what + complains
    none = speech.pick(": nothing is said to be wrong with a part", " : aucune pièce n'y est dite en défaut")
    return what + none


def _listed(listed: list[dict[str, Any]], speech: Speech) -> str:
    return speech.listed([_part(one, speech) for one in listed[:MAX_PARTS]])


def _part(one: dict[str, Any], speech: Speech) -> str:
    """Returns `mechanical seal (leakage; WO-2401)`."""
    kinds = dict.fromkeys(said["defect"] for said in one["said"])
    orders = dict.fromkeys(said["order"] for said in one["said"])
    told = ", ".join(_KINDS.get(kind, kind) if speech.language == "fr" else kind for kind in kinds)
    return f"{one['part']} ({told}{speech.pick('; ', ' ; ')}{', '.join(orders)})"


def _quotes(listed: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Returns the first sentences that say so with the order of each, each once."""
    said = [(one["order"], " ".join(one["quote"].split())) for part in listed for one in part["said"]]
    return list(dict.fromkeys(said))[:MAX_QUOTES]
