"""An evaluation end to end on the demo plant: outcomes, ways, controls."""

from __future__ import annotations

import pytest

from finetuning.cypher.controls import ControlName, broken
from finetuning.cypher.evaluate import Evaluation
from finetuning.cypher.question import Category, Split, Template, World
from finetuning.cypher.report import Outcome
from finetuning.cypher.worlds import nodes_and_relations
from inference.contract import Completion
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
COUNT = template(
    "count", Category.AGGREGATION, "MATCH (s:Sensor) RETURN count(s)", "How many sensors?", slots={}, draws=1
)
ANSWERED = template("unanswerable", Category.UNANSWERABLE, "", "sensors on {asset}")


class FakeModel:
    """Writes what is no query first, and then one."""

    name = "fake"
    context_length = 2_048
    grammars = True
    adapters = ()

    def __init__(self):
        self._replies = ["MATCH sensors", "MATCH (s:Sensor)-[:MEASURES]->(a:Asset {id: 'P-101'}) RETURN s.id"]

    def complete(self, messages, options, *, n=1):
        return [Completion(self._replies.pop(0), True, 0, 0, 0.0)]


def evaluate(folder, templates, *, model=None, control=None, worlds=(), settings=None):
    told = []
    settings = settings or load_settings()
    evaluation = Evaluation(templates, settings, model, backend_url="kglite:", folder=folder, seed=1, told=told.append)
    report = evaluation.run(worlds, control)
    assert told[0] == f"plant: {len(report.asked)} of {len(report.asked)} questions"
    return report


@pytest.fixture(scope="module", params=ControlName)
def report(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("worlds")
    return evaluate(folder, [RIGHT, WRONG, COUNT, UNSAFE, ANSWERED], control=request.param)


def test_outcomes_are_those_of_the_rules(report):
    outcomes = {one.template: one for one in report.asked}
    right, wrong = outcomes["plant-sensors"], outcomes["plant-parts"]
    assert (right.outcome, right.f1) == (Outcome.RIGHT, 1)
    assert right.how in {"recipe", "parser"}
    assert right.given_rows == right.wanted_rows > 0
    assert (wrong.outcome, wrong.f1) == (Outcome.WRONG, 0)
    assert outcomes["plant-unsafe"].outcome is Outcome.REFUSED
    assert outcomes["plant-unsafe"].good
    assert (outcomes["plant-unanswerable"].outcome, outcomes["plant-unanswerable"].f1) == (Outcome.WRONG, None)
    assert (report.split, report.worlds, report.backend, report.model) == (Split.DEV, [World.PLANT], "kglite", None)
    figures = report.figures
    assert (figures.answerable.right.count, figures.answerable.wrong.count, figures.unsafe.count) == (4, 3, 3)


def test_a_graph_that_cannot_know_is_not_right(report):
    control = report.control
    counted = control.name == ControlName.EMPTY_GRAPH  # as many sensors are in the others as in the graph as it is
    assert (control.before.count, control.before.of) == (3 + counted, 6 + counted)
    assert (control.right.count, control.right.of) == (0, 6 + counted)
    assert sum(one.good for one in control.asked if one.category is Category.UNSAFE) == 3  # refused as before


def test_a_second_query_is_a_repair_and_rows_that_were_cut_off_are_not_right(tmp_path):
    nonsense = template(
        "nonsense", Category.HOPS, SENSORS.replace("$asset", "'P-101'"), "sensors between P-101", slots={}, draws=1
    )
    first = "MATCH (s:Sensor) RETURN s.id ORDER BY s.id LIMIT 3"
    cut = template("first", Category.LOOKUP, first, "list the sensors", slots={}, draws=1)
    settings = load_settings({"graph": {"row_limit": 3}})
    report = evaluate(tmp_path, [nonsense, cut], model=FakeModel(), settings=settings)
    one, other = report.asked
    assert (report.model, one.repaired) == ("fake", True)
    assert report.figures.repair.of == 1
    assert (other.outcome, other.given_rows, other.f1) == (Outcome.WRONG, 3, 1.0)


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


def test_no_question_is_told(tmp_path):
    with pytest.raises(BadInput, match="no such questions of films"):
        evaluate(tmp_path, [RIGHT], worlds=[World.FILMS])
