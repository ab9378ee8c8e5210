"""A made-up paper maker with three sites: what stands where, flows where, is measured and controlled by what.

    (:Equipment)-[:INSTALLED_IN]->(:Unit)-[:LOCATED_IN]->(:Line)-[:LOCATED_IN]->(:Site)
    (:Equipment)-[:FLOWS_TO {medium}]->(:Equipment)      in loops where water goes back
    (:Equipment)-[:DRIVES]->(:Equipment)                 a motor and what it turns
    (:Instrument)-[:MONITORS]->(:Equipment)
    (:ControlLoop)-[:READS]->(:Instrument), (:ControlLoop)-[:CONTROLS]->(:Equipment)
    (:Unit)-[:CONSUMES {tonnes_per_day}]->(:Material)

`mill_work.py` adds the people, what they do, and the stores. Units are those of ISO 14224's hierarchy:
site, line, unit, equipment, component.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from finetuning.cypher.worlds import mill_tables as tables
from finetuning.cypher.worlds.builder import Builder, Dice
from finetuning.cypher.worlds.mill_work import add_work

_SEED: Final = 1906


class Machine(NamedTuple):
    """A piece of equipment while the mill is built."""

    key: str
    name: str
    kind: str
    unit: str


def make() -> Builder:
    """Returns the mill; always the same."""
    mill, dice = Builder(), Dice(_SEED)
    for key, name, country, founded, staff in tables.SITES:
        mill.add("Site", key, name=name, country=country, founded=founded, employees=staff)
    machines: list[Machine] = []
    for line, name, site, kind, grade, started in tables.LINES:
        mill.add("Line", line, name=name, kind=kind, grade=grade, started=started, capacity=dice.whole(4, 60) * 25)
        mill.link(line, "LOCATED_IN", site)
        machines += _Line(mill, dice, line).build(kind)
    _add_materials(mill, dice)
    _add_instruments(mill, dice, machines)
    add_work(mill, dice, machines)
    return mill


class _Line:
    """A line while it is built.

    Args:
        mill: Where it is added.
        dice: The mill's.
        key: Its id, with which the ids of its units and equipment begin.
    """

    def __init__(self, mill: Builder, dice: Dice, key: str) -> None:
        self._mill = mill
        self._dice = dice
        self._key = key
        self._counts: Counter[str] = Counter()

    def build(self, kind: str) -> list[Machine]:
        """Adds units and equipment, flowing from stage to stage and back from late ones to early ones."""
        machines: list[Machine] = []
        stages: list[list[Machine]] = []
        for code, (name, listed) in tables.UNITS[kind].items():
            unit = self._mill.add(
                "Unit", f"{self._key}-{code}", name=f"{name} {self._key}", floor=self._dice.whole(0, 3)
            )
            self._mill.link(unit, "LOCATED_IN", self._key)
            for item in listed.split(", "):
                stage = self._stage(unit, item)
                valves = [self._valve(machine) for machine in stage if self._is_valved(machine)]
                stages += [stage, valves] if valves else [stage]
                machines += stage + valves
        machines += [self._motor(machine) for machine in machines if self._is_driven(machine)]
        self._flow(stages, tables.FLUIDS[kind])
        return machines

    def _stage(self, unit: str, item: str) -> list[Machine]:
        """Adds equipment that stands in parallel: "fan pump", or "stock pump 2" for two of them."""
        stem, _, number = item.rpartition(" ") if item[-1].isdigit() else (item, "", "")
        last = stem.rpartition(" ")[2]
        kind = next((kind for kind, (_, words) in tables.KINDS.items() if last in words.split()), "machine")
        if not number:
            return [self._machine(unit, f"{stem} {self._key}", kind)]
        return [self._machine(unit, f"{stem} {place} {self._key}", kind) for place in range(1, int(number) + 1)]

    def _is_valved(self, machine: Machine) -> bool:
        return machine.kind in {"pump", "exchanger"} and self._dice.chance(0.7)

    def _valve(self, machine: Machine) -> Machine:
        return self._machine(machine.unit, f"{machine.name} control valve", "valve")

    def _is_driven(self, machine: Machine) -> bool:
        return machine.kind in tables.DRIVEN and self._dice.chance(0.85)

    def _motor(self, machine: Machine) -> Machine:
        motor = self._machine(machine.unit, f"{machine.name} motor", "motor")
        self._mill.link(motor.key, "DRIVES", machine.key)
        return motor

    def _machine(self, unit: str, name: str, kind: str) -> Machine:
        dice = self._dice
        code = tables.KINDS[kind][0]
        self._counts[code] += 1
        key = f"{self._key}-{code}-{self._counts[code]:03d}"
        powered = kind in {"motor", "pump", "fan", "compressor"}
        self._mill.add(
            "Equipment",
            key,
            name=name,
            kind=kind,
            model=dice.pick(tables.MODELS[kind]) if kind in tables.MODELS else None,
            serial=f"{dice.whole(10_000, 99_999)}-{dice.whole(10, 99)}" if dice.chance(0.85) else None,
            criticality=dice.pick("AABBBCCC"),
            status=dice.pick(("running",) * 16 + ("standby",) * 3 + ("out of service",)),
            installed=dice.day(date(1996, 1, 8), date(2025, 6, 30)) if dice.chance(0.92) else None,
            power_kw=dice.pick((5.5, 11.0, 15.0, 22.0, 37.0, 55.0, 90.0, 132.0, 250.0, 400.0)) if powered else None,
            running_hours=dice.whole(200, 96_000) if powered and dice.chance(0.9) else None,
            atex=dice.chance(0.06),
        )
        self._mill.link(key, "INSTALLED_IN", unit)
        return Machine(key, name, kind, unit)

    def _flow(self, stages: list[list[Machine]], medium: str) -> None:
        """Connects each stage to the next, and some late ones back to early ones: white water, condensate."""
        for here, there in pairwise(stages):
            for place, machine in enumerate(here):
                ends = there if len(here) == 1 else [there[place % len(there)]]
                for end in ends:
                    self._mill.link(machine.key, "FLOWS_TO", end.key, medium=medium)
        for late in range(6, len(stages), 5):
            end = stages[self._dice.whole(0, late - 3)][0]
            self._mill.link(stages[late][0].key, "FLOWS_TO", end.key, medium="return water")


def _add_materials(mill: Builder, dice: Dice) -> None:
    for number, (name, (codes, hazardous)) in enumerate(tables.MATERIALS.items(), start=1):
        stock = dice.whole(5, 900) if dice.chance(0.9) else None
        material = mill.add("Material", f"MAT-{number:02d}", name=name, hazardous=hazardous, stock_tonnes=stock)
        for unit in [node.key for node in mill.nodes if node.label == "Unit"]:
            if unit.rpartition("-")[2] in codes.split():
                mill.link(unit, "CONSUMES", material, tonnes_per_day=dice.whole(1, 240) / 2)


def _add_instruments(mill: Builder, dice: Dice, machines: list[Machine]) -> None:
    """Adds what measures each piece of equipment, and loops that read it and move the valve behind."""
    counts: Counter[str] = Counter()
    valve_of = {machine.name.removesuffix(" control valve"): machine for machine in machines if machine.kind == "valve"}
    for machine in machines:
        line = machine.key.partition("-")[0]
        number = dice.pick((0, 1, 1, 1)) if machine.kind in {"motor", "valve"} else dice.pick((0, 1, 1, 2, 2, 3))
        for quantity in dice.few(tables.MEASURED[machine.kind].split(), number):
            code, unit, low, high = tables.QUANTITIES[quantity]
            counts[line] += 1
            key = mill.add(
                "Instrument",
                f"{line}-{code}-{counts[line]:03d}",
                name=f"{machine.name} {quantity}",
                quantity=quantity,
                unit=unit,
                range_low=low,
                range_high=high,
                calibrated=dice.day(date(2022, 1, 3), date(2026, 11, 13)) if dice.chance(0.9) else None,
                status=dice.pick(("good",) * 14 + ("faulty", "bypassed")),
                safety=dice.chance(0.08),
            )
            mill.link(key, "MONITORS", machine.key)
            moved = valve_of.get(machine.name, machine)
            if quantity in tables.LOOPED and moved.kind in {"valve", "pump", "fan"}:
                _add_loop(
                    mill, dice, key.replace(code, tables.LOOPED[quantity]), key, moved, f"{machine.name} {quantity}"
                )


def _add_loop(mill: Builder, dice: Dice, key: str, reads: str, moved: Machine, name: str) -> None:
    loop = mill.add(
        "ControlLoop",
        key,
        name=f"{name} control",
        mode=dice.pick(("auto", "auto", "auto", "cascade", "manual")),
        tuned=dice.day(date(2019, 2, 4), date(2026, 10, 30)) if dice.chance(0.75) else None,
    )
    mill.link(loop, "READS", reads)
    mill.link(loop, "CONTROLS", moved.key)
