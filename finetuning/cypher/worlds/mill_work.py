"""The mill's people, what they report and do, what they need for it, and what is written down.

(:Person)-[:MEMBER_OF]->(:Crew)-[:RESPONSIBLE_FOR]->(:Unit), (:Person)-[:LEADS]->(:Crew)
(:Notification)-[:ABOUT]->(:Equipment), -[:REPORTED_BY]->(:Person), -[:SHOWS]->(:Fault)
(:Job)-[:PERFORMED_ON]->(:Equipment), -[:ASSIGNED_TO]->(:Person), -[:RAISED_FROM]->(:Notification),
      -[:REQUIRES {quantity}]->(:Component)
(:Permit)-[:COVERS]->(:Job), -[:ISSUED_BY]->(:Person)
(:Inspection)-[:CHECKS]->(:Equipment), -[:DONE_BY]->(:Person), -[:FOUND]->(:Fault)
(:Component)-[:FITTED_TO {quantity}]->(:Equipment), -[:SUPPLIED_BY {price, lead_days}]->(:Supplier),
            -[:REPLACES]->(:Component), -[:REMEDIES]->(:Fault)
(:Supplier)-[:DELIVERS]->(:Material), (:Document)-[:DOCUMENTS]->(:Equipment)
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from finetuning.cypher.worlds import mill_tables as tables
from finetuning.cypher.worlds.people import people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.cypher.worlds.builder import Builder, Dice
    from finetuning.cypher.worlds.mill import Machine

TODAY: Final = date(2026, 11, 21)
"""The day on which the mill is looked at: nothing was done after it, and some is planned."""


def add_work(mill: Builder, dice: Dice, machines: Sequence[Machine]) -> None:
    """Adds people, stores, papers and nearly four years of work to the mill's equipment."""
    people_of = _add_people(mill, dice)
    for number, (name, severity, _) in enumerate(tables.FAULTS, start=1):
        mill.add("Fault", f"F-{number:02d}", name=name, severity=severity)
    components_of = _add_components(mill, dice, machines)
    work = _Work(mill, dice, machines, people_of, components_of)
    work.add_notifications()
    work.add_jobs()
    work.add_inspections()
    _add_documents(mill, dice, machines)


def _add_people(mill: Builder, dice: Dice) -> dict[str, list[str]]:
    """Adds crews and people; returns the people of each site."""
    names = iter(people(dice, 150))
    people_of: dict[str, list[str]] = {}
    number = 1000
    for site, *_ in tables.SITES:
        units = [node.key for node in mill.nodes if node.label == "Unit" and _site_of(node.key) == site]
        for code, name, trade in tables.CREWS:
            crew = mill.add("Crew", f"{site}-{code}", name=f"{name} {site}", trade=trade)
            for unit in dice.few(units, dice.whole(2, 6)) if trade != "operations" else ():
                mill.link(crew, "RESPONSIBLE_FOR", unit)
            for place in range(dice.whole(4, 9)):
                number += 1
                person = mill.add(
                    "Person",
                    f"E{number}",
                    name=next(names),
                    trade=trade,
                    hired=dice.day(date(1989, 3, 1), date(2026, 9, 1)),
                    phone=f"4{dice.whole(100, 999)}" if dice.chance(0.8) else None,
                    first_aider=dice.chance(0.2),
                )
                mill.link(person, "MEMBER_OF", crew)
                if place == 0 and dice.chance(0.9):
                    mill.link(person, "LEADS", crew)
                people_of.setdefault(site, []).append(person)
    return people_of


def _site_of(key: str) -> str:
    """Returns the site of a unit or of a piece of equipment."""
    line = key.partition("-")[0]
    return next(site for code, _, site, *_ in tables.LINES if code == line)


def _add_components(mill: Builder, dice: Dice, machines: Sequence[Machine]) -> dict[str, list[str]]:
    """Adds suppliers and components; returns the components of each piece of equipment."""
    suppliers = _add_suppliers(mill, dice)
    of_kind: dict[str, list[str]] = {}
    number = 20_000
    for stem, category, sizes, kinds, faults in tables.COMPONENTS:
        older = ""
        for size in sizes.split():
            number += dice.whole(1, 40)
            component = _add_component(mill, dice, f"C-{number}", f"{stem} {size}", category)
            for supplier in dice.few(suppliers[:18], dice.pick((0, 1, 1, 1, 2, 2, 3))):
                lead = dice.whole(1, 26) * 7
                mill.link(component, "SUPPLIED_BY", supplier, price=dice.whole(16, 8400) / 4, lead_days=lead)
            if older and dice.chance(0.25):
                mill.link(component, "REPLACES", older)
            for fault in faults.split():
                mill.link(component, "REMEDIES", f"F-{fault}")
            older = component
            for kind in kinds.split():
                of_kind.setdefault(kind, []).append(component)
    components_of: dict[str, list[str]] = {}
    for machine in machines:
        components_of[machine.key] = dice.few(of_kind.get(machine.kind, ()), dice.pick((0, 1, 2, 2, 3, 4)))
        for component in components_of[machine.key]:
            mill.link(component, "FITTED_TO", machine.key, quantity=dice.pick((1, 1, 1, 2, 2, 4, 8)))
    return components_of


def _add_suppliers(mill: Builder, dice: Dice) -> list[str]:
    suppliers = [
        mill.add(
            "Supplier",
            f"SUP-{number:02d}",
            name=name,
            country=country,
            rating=dice.whole(20, 50) / 10 if dice.chance(0.85) else None,
            approved=dice.chance(0.8),
        )
        for number, (name, country) in enumerate(tables.SUPPLIERS, start=1)
    ]
    for node in [node for node in mill.nodes if node.label == "Material"]:
        for supplier in dice.few(suppliers[-12:], dice.whole(0, 2)):
            mill.link(supplier, "DELIVERS", node.key)
    return suppliers


def _add_component(mill: Builder, dice: Dice, key: str, name: str, category: str) -> str:
    least = dice.whole(0, 4)
    return mill.add(
        "Component",
        key,
        name=name,
        category=category,
        stock=max(0, dice.whole(-2, 12)),
        minimum_stock=least,
        price=dice.whole(8, 4200) / 2,
        shelf=f"{dice.pick('ABCDEF')}{dice.whole(1, 40):02d}" if dice.chance(0.9) else None,
    )


class _Work:
    """What is reported, done and inspected.

    Args:
        mill: Where it is added.
        dice: The mill's.
        machines: The mill's equipment.
        people_of: The people of each site.
        components_of: The components of each piece of equipment.
    """

    def __init__(
        self,
        mill: Builder,
        dice: Dice,
        machines: Sequence[Machine],
        people_of: dict[str, list[str]],
        components_of: dict[str, list[str]],
    ) -> None:
        self._mill = mill
        self._dice = dice
        self._machines = machines
        self._people_of = people_of
        self._components_of = components_of
        self._reported: list[tuple[str, Machine, date]] = []

    def add_notifications(self) -> None:
        """Adds what people reported, each about one piece of equipment."""
        dice = self._dice
        days = sorted(dice.day(date(2023, 1, 2), TODAY) for _ in range(900))
        for number, day in enumerate(days, start=70_001):
            machine = self._troubled()
            fault, name = self._fault(machine)
            old = (TODAY - day).days > 40
            key = self._mill.add(
                "Notification",
                f"N-{number}",
                title=f"{name} on {machine.name}",
                priority=dice.pick((1, 2, 2, 3, 3, 3, 4)),
                reported=day,
                status=dice.pick(("closed",) * 12 + ("open",)) if old else dice.pick(("open", "open", "closed")),
                stopped_production=dice.chance(0.12),
            )
            self._mill.link(key, "ABOUT", machine.key)
            self._mill.link(key, "REPORTED_BY", dice.pick(self._people(machine)))
            if dice.chance(0.8):
                self._mill.link(key, "SHOWS", fault)
            self._reported.append((key, machine, day))

    def add_jobs(self) -> None:
        """Adds jobs: for most notifications, and others for no other reason than the calendar."""
        dice = self._dice
        wanted: list[tuple[date, Machine, str]] = [
            (day + timedelta(days=dice.whole(0, 30)), machine, key)
            for key, machine, day in self._reported
            if dice.chance(0.7)
        ]
        wanted += [(dice.day(date(2023, 1, 9), date(2027, 2, 26)), self._troubled(), "") for _ in range(480)]
        wanted.sort(key=lambda job: job[0])
        permits = 3000
        for number, (planned, machine, notification) in enumerate(wanted, start=50_001):
            job = self._job(f"J-{number}", planned, machine, corrective=bool(notification))
            for person in dice.few(self._people(machine), dice.pick((0, 1, 1, 1, 1, 2))):
                self._mill.link(job, "ASSIGNED_TO", person)
            if notification:
                self._mill.link(job, "RAISED_FROM", notification)
            for component in dice.few(self._components_of[machine.key], dice.pick((0, 0, 1, 1, 2))):
                self._mill.link(job, "REQUIRES", component, quantity=dice.pick((1, 1, 1, 2, 4)))
            if dice.chance(0.18):
                permits += 1
                self._permit(f"PTW-{permits}", job, planned, dice.pick(self._people(machine)))

    def add_inspections(self) -> None:
        """Adds inspections; those that were not good mostly found a fault."""
        dice = self._dice
        days = sorted(dice.day(date(2023, 1, 2), TODAY) for _ in range(520))
        for number, day in enumerate(days, start=9001):
            machine = self._troubled()
            result = dice.pick(("good", "good", "good", "watch", "bad"))
            method = dice.pick(("vibration", "thermography", "ultrasound", "visual", "oil analysis"))
            key = self._mill.add("Inspection", f"INS-{number}", method=method, date=day, result=result)
            self._mill.link(key, "CHECKS", machine.key)
            self._mill.link(key, "DONE_BY", dice.pick(self._people(machine)))
            if result != "good" and dice.chance(0.85):
                self._mill.link(key, "FOUND", self._fault(machine)[0])

    def _troubled(self) -> Machine:
        """Returns a piece of equipment; some have far more trouble than others."""
        return self._dice.pick(self._machines[:: self._dice.pick((1, 1, 7, 31))])

    def _people(self, machine: Machine) -> list[str]:
        return self._people_of[_site_of(machine.key)]

    def _fault(self, machine: Machine) -> tuple[str, str]:
        """Returns key and name of a fault that such equipment has."""
        faults = [
            (f"F-{number:02d}", name)
            for number, (name, _, kinds) in enumerate(tables.FAULTS, start=1)
            if machine.kind in kinds.split()
        ]
        return self._dice.pick(faults)

    def _job(self, key: str, planned: date, machine: Machine, *, corrective: bool) -> str:
        dice = self._dice
        done = planned < TODAY and dice.chance(0.94)
        started = planned + timedelta(days=dice.whole(0, 9))
        finished = started + timedelta(days=dice.pick((0, 0, 0, 1, 1, 2, 5)))
        done = done and finished <= TODAY
        verb = dice.pick(("repair", "replace parts of", "adjust", "align") if corrective else tables.ROUTINES)
        job = self._mill.add(
            "Job",
            key,
            title=f"{verb} {machine.name}",
            type="corrective" if corrective else dice.pick(("preventive", "preventive", "improvement")),
            status="done" if done else dice.pick(tables.UNDONE),
            priority=dice.pick((1, 2, 2, 3, 3, 4)),
            planned=planned,
            started=started if done else None,
            finished=finished if done else None,
            hours=dice.whole(2, 96) / 2 if done else None,
            cost=dice.whole(4, 2400) * 10 if done and dice.chance(0.9) else None,
        )
        self._mill.link(job, "PERFORMED_ON", machine.key)
        return job

    def _permit(self, key: str, job: str, planned: date, person: str) -> None:
        dice = self._dice
        first = planned + timedelta(days=dice.whole(-2, 3))
        last = first + timedelta(days=dice.whole(0, 6))
        kind = dice.pick(("hot work", "confined space", "electrical isolation", "work at height"))
        status = "closed" if last < TODAY else dice.pick(("requested", "valid"))
        self._mill.add("Permit", key, kind=kind, valid_from=first, valid_to=last, status=status)
        self._mill.link(key, "COVERS", job)
        if status != "requested":
            self._mill.link(key, "ISSUED_BY", person)


def _add_documents(mill: Builder, dice: Dice, machines: Sequence[Machine]) -> None:
    for number in range(1, 221):
        kind = dice.pick(("manual", "drawing", "data sheet", "procedure"))
        machine = dice.pick(machines)
        key = mill.add(
            "Document",
            f"DOC-{number:04d}",
            name=f"{kind} {machine.name}",
            kind=kind,
            revision=dice.pick("ABCDE"),
            language=dice.pick(("en", "en", "fr", "no")),
            pages=dice.whole(1, 240),
            issued=dice.day(date(1998, 5, 4), date(2026, 6, 1)) if dice.chance(0.9) else None,
        )
        for same in [machine, *dice.few([other for other in machines if other.unit == machine.unit], dice.whole(0, 3))]:
            mill.link(key, "DOCUMENTS", same.key)
