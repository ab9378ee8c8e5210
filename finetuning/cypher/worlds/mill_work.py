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
    """Adds people, stores, papers and three years of work to the mill's equipment."""
    crews = _add_people(mill, dice)
    _add_faults(mill)
    suppliers = _add_suppliers(mill, dice)
    fitted = _add_components(mill, dice, machines, suppliers)
    reported = _add_notifications(mill, dice, machines, crews)
    _add_jobs(mill, dice, machines, crews, fitted, reported)
    _add_inspections(mill, dice, machines, crews)
    _add_documents(mill, dice, machines)


def _add_people(mill: Builder, dice: Dice) -> dict[str, list[str]]:
    """Adds crews and people; returns the people of each site."""
    names = iter(people(dice, 150))
    of_site: dict[str, list[str]] = {}
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
                of_site.setdefault(site, []).append(person)
    return of_site


def _site_of(key: str) -> str:
    line = key.partition("-")[0]
    return next(site for code, _, site, *_ in tables.LINES if code == line)


def _add_faults(mill: Builder) -> None:
    for number, (name, severity, _) in enumerate(tables.FAULTS, start=1):
        mill.add("Fault", f"F-{number:02d}", name=name, severity=severity)


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


def _add_components(
    mill: Builder, dice: Dice, machines: Sequence[Machine], suppliers: Sequence[str]
) -> dict[str, list[str]]:
    """Adds components; returns those of each piece of equipment."""
    of_kind: dict[str, list[str]] = {}
    number = 20_000
    for stem, category, sizes, kinds, faults in tables.COMPONENTS:
        older = ""
        for size in sizes.split():
            number += dice.whole(1, 40)
            least = dice.whole(0, 4)
            component = mill.add(
                "Component",
                f"C-{number}",
                name=f"{stem} {size}",
                category=category,
                stock=max(0, dice.whole(-2, 12)),
                minimum_stock=least,
                price=dice.whole(8, 4200) / 2,
                shelf=f"{dice.pick('ABCDEF')}{dice.whole(1, 40):02d}" if dice.chance(0.9) else None,
            )
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
    fitted: dict[str, list[str]] = {}
    for machine in machines:
        for component in dice.few(of_kind.get(machine.kind, ()), dice.pick((0, 1, 2, 2, 3, 4))):
            fitted.setdefault(machine.key, []).append(component)
            mill.link(component, "FITTED_TO", machine.key, quantity=dice.pick((1, 1, 1, 2, 2, 4, 8)))
    return fitted


def _add_notifications(
    mill: Builder, dice: Dice, machines: Sequence[Machine], of_site: dict[str, list[str]]
) -> list[tuple[str, Machine, date]]:
    reported = []
    days = sorted(dice.day(date(2023, 1, 2), TODAY) for _ in range(900))
    for number, day in enumerate(days, start=70_001):
        machine = _troubled(dice, machines)
        faults = [place for place, (_, _, kinds) in enumerate(tables.FAULTS, start=1) if machine.kind in kinds.split()]
        fault = dice.pick(faults)
        name = tables.FAULTS[fault - 1][0]
        old = (TODAY - day).days > 40
        key = mill.add(
            "Notification",
            f"N-{number}",
            title=f"{name} on {machine.name}",
            priority=dice.pick((1, 2, 2, 3, 3, 3, 4)),
            reported=day,
            status=dice.pick(("closed",) * 12 + ("open",)) if old else dice.pick(("open", "open", "closed")),
            stopped_production=dice.chance(0.12),
        )
        mill.link(key, "ABOUT", machine.key)
        mill.link(key, "REPORTED_BY", dice.pick(of_site[_site_of(machine.key)]))
        if dice.chance(0.8):
            mill.link(key, "SHOWS", f"F-{fault:02d}")
        reported.append((key, machine, day))
    return reported


def _troubled(dice: Dice, machines: Sequence[Machine]) -> Machine:
    """Returns a piece of equipment; some have far more trouble than others."""
    return dice.pick(machines[:: dice.pick((1, 1, 7, 31))])


def _add_jobs(
    mill: Builder,
    dice: Dice,
    machines: Sequence[Machine],
    of_site: dict[str, list[str]],
    fitted: dict[str, list[str]],
    reported: Sequence[tuple[str, Machine, date]],
) -> None:
    """Adds jobs: for most notifications, and planned ones for no other reason than the calendar."""
    wanted: list[tuple[date, Machine, str]] = [
        (day + timedelta(days=dice.whole(0, 30)), machine, key) for key, machine, day in reported if dice.chance(0.7)
    ]
    wanted += [(dice.day(date(2023, 1, 9), date(2027, 2, 26)), _troubled(dice, machines), "") for _ in range(480)]
    wanted.sort(key=lambda job: job[0])
    permits = 3000
    for number, (planned, machine, notification) in enumerate(wanted, start=50_001):
        job = _add_job(mill, dice, f"J-{number}", planned, machine, corrective=bool(notification))
        crew = of_site[_site_of(machine.key)]
        for person in dice.few(crew, dice.pick((0, 1, 1, 1, 1, 2))):
            mill.link(job, "ASSIGNED_TO", person)
        if notification:
            mill.link(job, "RAISED_FROM", notification)
        for component in dice.few(fitted.get(machine.key, ()), dice.pick((0, 0, 1, 1, 2))):
            mill.link(job, "REQUIRES", component, quantity=dice.pick((1, 1, 1, 2, 4)))
        if dice.chance(0.18):
            permits += 1
            _add_permit(mill, dice, f"PTW-{permits}", job, planned, dice.pick(crew))


def _add_job(mill: Builder, dice: Dice, key: str, planned: date, machine: Machine, *, corrective: bool) -> str:
    done = planned < TODAY and dice.chance(0.94)
    started = planned + timedelta(days=dice.whole(0, 9))
    finished = started + timedelta(days=dice.pick((0, 0, 0, 1, 1, 2, 5)))
    if finished > TODAY:
        done = False
    verb = dice.pick(("repair", "replace parts of", "adjust", "align") if corrective else tables.ROUTINES)
    job = mill.add(
        "Job",
        key,
        title=f"{verb} {machine.name}",
        type="corrective" if corrective else dice.pick(("preventive", "preventive", "improvement")),
        status="done" if done else dice.pick(("planned", "planned", "in progress", "waiting for parts", "cancelled")),
        priority=dice.pick((1, 2, 2, 3, 3, 4)),
        planned=planned,
        started=started if done else None,
        finished=finished if done else None,
        hours=dice.whole(2, 96) / 2 if done else None,
        cost=dice.whole(4, 2400) * 10 if done and dice.chance(0.9) else None,
    )
    mill.link(job, "PERFORMED_ON", machine.key)
    return job


def _add_permit(mill: Builder, dice: Dice, key: str, job: str, planned: date, person: str) -> None:
    first = planned + timedelta(days=dice.whole(-2, 3))
    last = first + timedelta(days=dice.whole(0, 6))
    kind = dice.pick(("hot work", "confined space", "electrical isolation", "work at height"))
    status = "closed" if last < TODAY else dice.pick(("requested", "valid"))
    mill.add("Permit", key, kind=kind, valid_from=first, valid_to=last, status=status)
    mill.link(key, "COVERS", job)
    if status != "requested":
        mill.link(key, "ISSUED_BY", person)


def _add_inspections(mill: Builder, dice: Dice, machines: Sequence[Machine], of_site: dict[str, list[str]]) -> None:
    days = sorted(dice.day(date(2023, 1, 2), TODAY) for _ in range(520))
    for number, day in enumerate(days, start=9001):
        machine = _troubled(dice, machines)
        result = dice.pick(("good", "good", "good", "watch", "bad"))
        method = dice.pick(("vibration", "thermography", "ultrasound", "visual", "oil analysis"))
        key = mill.add("Inspection", f"INS-{number}", method=method, date=day, result=result)
        mill.link(key, "CHECKS", machine.key)
        mill.link(key, "DONE_BY", dice.pick(of_site[_site_of(machine.key)]))
        faults = [place for place, (_, _, kinds) in enumerate(tables.FAULTS, start=1) if machine.kind in kinds.split()]
        if result != "good" and dice.chance(0.85):
            mill.link(key, "FOUND", f"F-{dice.pick(faults):02d}")


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
