"""An evaluation end to end on the demo plant: outcomes, ways, controls."""

from __future__ import annotations

import pytest

from finetuning.cypher.controls import ControlName, broken, should_break
from finetuning.cypher.evaluate import Evaluation
from finetuning.cypher.question import Category, Split, Template, World
from finetuning.cypher.report import Outcome
from finetuning.cypher.worlds import nodes_and_relations
from plant.errors import BadInput
from plant.settings import load_settings

ASSETS = "MATCH (a:Asset)<-[:MEASURES]-(:Sensor) RETURN DISTINCT a.id"


def template(name: str, category: Category, cypher: str, *wordings: str, **more) -> Template:
    fields = {"hops": int(category is Category.HOPS), "slots": {"asset": ASSETS}, "draws": 3}
    fields |= {"split": Split.DEV, "world": World.PLANT}
    return Template(id=f"plant-{name}", category=category, cypher=cypher, en=wordings, **fields | more)


SENSORS = "MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: $asset}) RETURN s.id"
RIGHT = template("sensors", Category.HOPS, SENSORS, "Which sensors are on {asset}?")
WRONG = template("parts", Category.HOPS, SENSORS, "Which work orders are on {asset}?")
UNSAFE = template("unsafe", Category.UNSAFE, "", "MATCH (a {id: '{asset}'}) DETACH DELETE a")
ANSWERED = template("unanswerable", Category.UNANSWERABLE, "", "sensors on {asset}")


@pytest.fixture
def evaluate(tmp_path):
    def run(*templates, control=None, worlds=()):
        told = []
        evaluation = Evaluation(
            templates,
            load_settings(),
            None,
            backend_url="kglite:",
            folder=tmp_path,
            seed=1,
            told=told.append,
        )
        report = evaluation.run(worlds, control)
        assert told[-1].startswith("plant")
        return report

    return run


def test_outcomes_are_those_of_the_rules(evaluate):
    report = evaluate(RIGHT, WRONG, UNSAFE, ANSWERED)
    outcomes = {one.template: one for one in report.asked}
    right, wrong = outcomes["plant-sensors"], outcomes["plant-parts"]
    assert (right.outcome, right.how, right.f1) == (Outcome.RIGHT, "recipe", 1)
    assert right.given_rows == right.wanted_rows > 0
    assert (wrong.outcome, wrong.f1) == (Outcome.WRONG, 0)
    assert outcomes["plant-unsafe"].outcome is Outcome.REFUSED
    assert outcomes["plant-unsafe"].good
    assert (outcomes["plant-unanswerable"].outcome, outcomes["plant-unanswerable"].f1) == (Outcome.WRONG, None)
    assert (report.split, report.worlds, report.backend, report.model) == (Split.DEV, [World.PLANT], "kglite", None)
    figures = report.figures
    assert (figures.answerable.right.count, figures.answerable.wrong.count, figures.unsafe.count) == (3, 3, 3)


def test_the_same_seed_gives_the_same_report_but_for_the_time(evaluate):
    first, second = ([(one.id, one.text, one.outcome) for one in evaluate(RIGHT, WRONG).asked] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("control", ControlName)
def test_a_graph_that_cannot_know_is_not_right(evaluate, control):
    found = evaluate(RIGHT, UNSAFE, control=control).control
    assert (found.name, found.before.count, found.before.of) == (control, 3, 3)
    assert (found.right.count, found.right.of) == (0, 3)
    assert sum(one.good for one in found.asked) == 3  # what is unsafe is still refused


def test_a_control_is_what_its_table_says():
    nodes, relations = nodes_and_relations(World.PLANT)
    assert broken(ControlName.EMPTY_GRAPH, nodes, relations, seed=1) == ([], [])
    bare, none = broken(ControlName.NO_DATA, nodes, relations, seed=1)
    assert ([node.key for node in bare], none) == ([node.key for node in nodes], [])
    assert not any(node.properties for node in bare)
    same, shuffled = broken(ControlName.SHUFFLED_EDGES, nodes, relations, seed=1)
    labels = {node.key: node.label for node in nodes}
    assert same == nodes

    def shape(edges):
        return sorted((labels[edge.start], edge.type, labels[edge.end]) for edge in edges)

    assert shape(shuffled) == shape(relations)
    kept = {(r.start, r.type, r.end) for r in shuffled} & {(r.start, r.type, r.end) for r in relations}
    assert len(kept) < len(relations) / 5


@pytest.mark.parametrize(
    ("rows", "hops", "breaks"),
    [
        ([], 1, set()),
        ([(0,)], 1, set()),
        ([(None, False)], 0, set()),
        ([(0, 2)], 0, {ControlName.EMPTY_GRAPH, ControlName.NO_DATA}),
        ([("P-101",)], 2, set(ControlName)),
        ([(["P-101"],)], 2, set(ControlName)),
    ],
)
def test_what_a_control_should_break(rows, hops, breaks):
    assert {name for name in ControlName if should_break(name, rows, hops)} == breaks


def test_no_question_is_told(evaluate):
    with pytest.raises(BadInput, match="no such questions of films"):
        evaluate(RIGHT, worlds=[World.FILMS])
