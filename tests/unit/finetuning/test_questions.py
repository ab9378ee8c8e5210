"""Templates are read with clear errors, and the questions drawn from them ask about what is there."""

from __future__ import annotations

import msgspec
import pytest

from finetuning.cypher.question import Category, Split, Template, World
from finetuning.cypher.questions import draw, load_templates
from finetuning.cypher.references import References
from plant.errors import BadInput
from plant.graph.kglite import KgliteGraph
from tests.unit.graph.small_plant import NODES, RELATIONS

SENSORS = Template(
    id="plant-sensors",
    split=Split.DEV,
    world=World.PLANT,
    category=Category.HOPS,
    hops=1,
    slots={"asset": "MATCH (a:Asset) RETURN a.id, a.name"},
    cypher="MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: $asset}) RETURN s.id",
    en=("Which sensors are on {asset}?", "sensors of {asset}"),
    fr=("Quels capteurs sont sur {asset} ?",),
    draws=4,
)
WRITTEN = """
[[template]]
id = "plant-sensors"
world = "plant"
category = "hops"
slots = { asset = "MATCH (a:Asset) RETURN a.id" }
cypher = "MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: $asset}) RETURN s.id"
en = ["sensors of {asset}"]
"""


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    opened = KgliteGraph(tmp_path_factory.mktemp("small") / "plant.graph", memory_mb=1_024)
    opened.load(NODES, RELATIONS)
    yield opened
    opened.close()


def changed(**what):
    return msgspec.structs.replace(SENSORS, **what)


def test_questions_are_filled_in_both_languages_and_have_rows(backend):
    questions = draw([SENSORS], backend, seed=1)
    assert [question.id for question in questions] == [f"plant-sensors/{number}" for number in (1, 2, 3, 4)]
    assert sorted(question.language for question in questions) == ["en", "en", "fr", "fr"]
    for question in questions:
        asset = question.parameters["asset"]
        assert question.text.endswith((f" {asset}", f" {asset}?", f" {asset} ?"))  # said by name, asked by id
        assert {relation.start for relation in RELATIONS if relation.type == "MEASURES" and relation.end == asset}
    assert len({question.parameters["asset"] for question in questions}) == 4  # the two without sensors are passed over


def test_a_template_s_questions_depend_on_the_seed_and_on_nothing_else(backend):
    alone = draw([SENSORS], backend, seed=1)
    beside = draw([changed(id="plant-other"), SENSORS], backend, seed=1)
    assert alone == beside[4:]
    assert [q.text for q in alone] != [q.text for q in beside[:4]]
    assert any(draw([SENSORS], backend, seed=seed) != alone for seed in (2, 3, 4))


def test_two_slots_are_filled_with_what_goes_together(backend):
    fed = changed(
        slots={"one": "MATCH (a:Asset) RETURN a.id", "two": "MATCH (a:Asset) RETURN a.id"},
        cypher="MATCH (:Asset {id: $one})-[:FEEDS]->(b:Asset {id: $two}) RETURN b.id",
        en=("does {one} feed {two}",),
        fr=(),
    )
    feeds = {(relation.start, relation.end) for relation in RELATIONS if relation.type == "FEEDS"}
    asked = {(q.parameters["one"], q.parameters["two"]) for q in draw([fed], backend, seed=1)}
    assert len(asked) == 4
    assert asked <= feeds


def test_a_refusal_has_no_parameters_and_what_is_empty_has_no_rows(backend):
    refused = changed(category=Category.UNANSWERABLE, cypher="")
    assert all(question.parameters == {} for question in draw([refused], backend, seed=1))
    without = {"C-101", "P-103"}
    empty = changed(empty=True, draws=2)
    assert {question.parameters["asset"] for question in draw([empty], backend, seed=1)} == without


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"draws": 5}, "plant-sensors has 4 questions, but draws is 5"),
        ({"slots": {}, "en": ("sensors",), "fr": (), "cypher": "MATCH (s:Sensor) RETURN s.id"}, "has 1 questions"),
        (
            {"slots": {"asset": "MATCH (a:Asset) RETURN a.id, a.name, a.kind"}},
            "slot asset: the query gives 6 rows of 3",
        ),
        ({"slots": {"asset": "MATCH (a:Asset {id: 'x'}) RETURN a.id"}}, "slot asset: the query gives 0 rows"),
        ({"slots": {"asset": "MATCH (w:WorkOrder) RETURN w.closed"}}, "neither text nor numbers"),
        ({"slots": {"asset": "MATCH (a:Aset) RETURN a.id"}}, "slot asset: the guard refuses"),
        ({"cypher": "MATCH (a:Asset {id: $asset}) SET a.id = 'x' RETURN a.id"}, "plant-sensors: the guard refuses"),
        ({"cypher": "MATCH (a:Asset {id: $asset}) RETURN a.id + 1 / 0"}, "plant-sensors: 'MATCH"),
        ({"cypher": "MATCH (a:Asset) WHERE a.id <> $asset RETURN a.id LIMIT 1"}, "LIMIT without ORDER BY"),
        ({"slots": {}, "cypher": "MATCH (s:Sensor {id: 'x'}) RETURN s.id"}, "its reference must have 1 to 200 rows"),
        ({"slots": {}, "cypher": "MATCH (a), (b) RETURN a.id, b.id"}, "its reference must have 1 to 200 rows"),
        ({"slots": {}, "cypher": "MATCH (s:Sensor) RETURN s.id", "empty": True}, "its reference must have no rows"),
    ],
)
def test_a_template_that_asks_nothing_is_told(backend, what, words):
    with pytest.raises(BadInput, match=words):
        draw([changed(**what)], backend, seed=1)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[template]]", "[[template", "cannot be read"),
        ("[[template]]", "[template]", "not a list of templates"),
        ('id = "plant-sensors"', "", "template 1: Object missing required field `id`"),
        ('id = "plant-sensors"', 'id = "sensors"', "template sensors: the id must begin with plant-"),
        ('"plant"', '"planet"', "plant-sensors: Invalid enum value 'planet'"),
        ('en = ["sensors of {asset}"]', "", "there are no wordings"),
        ("{asset}", "it", "must name each of the slots: asset"),
        ("{asset}", "{asset} in {area}", "must name each of the slots: asset"),
        ("$asset", "'P-101'", "the reference must use each of the slots: asset"),
        ("hops", "unsafe", "one of category unsafe has no reference"),
        ('{asset}"]', '{asset}", "sensors of {asset}"]', "a wording is there twice"),
        ("slots =", "hops = 9\nslots =", "hops is 9"),
        ("slots =", "draws = 0\nslots =", "draws is 0"),
        ("slots =", "draw = 2\nslots =", "unknown field `draw`"),
        ("slots =", "split = 'test'\nslots =", "the split is that of its folder"),
        (WRITTEN, "", "not a list of templates"),
        (WRITTEN, "template = 3", "not a list of templates"),
        (WRITTEN, "template = [3]", "not a list of templates"),
    ],
)
def test_a_file_that_is_wrong_is_told_with_its_template(tmp_path, old, new, words):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "some.toml").write_text(WRITTEN.replace(old, new))
    with pytest.raises(BadInput, match=r"some\.toml") as told:
        load_templates(Split.DEV, tmp_path)
    assert words in str(told.value)


def test_templates_know_their_split_and_an_id_is_there_once(tmp_path):
    for split in ("dev", "test"):
        (tmp_path / split).mkdir()
        (tmp_path / split / "a.toml").write_text(WRITTEN)
    assert [template.split for template in load_templates(Split.TEST, tmp_path)] == [Split.TEST]
    (tmp_path / "dev" / "b.toml").write_text(WRITTEN)
    with pytest.raises(BadInput, match="two templates 'plant-sensors'"):
        load_templates(Split.DEV, tmp_path)


@pytest.mark.parametrize(
    ("text", "rows", "places", "fair"),
    [
        ("MATCH (p:Part) RETURN p.id ORDER BY p.stock DESC", [("PT-3",), ("PT-7",)], (0, 1), True),
        ("MATCH (p:Part) RETURN p.id, p.stock AS n ORDER BY n DESC LIMIT 1", [("PT-3", 4)], (0,), True),
        ("MATCH (p:Part) RETURN p.id ORDER BY p.stock LIMIT 9", [("PT-7",), ("PT-3",)], (0, 1), True),
        (
            "MATCH (w:WorkOrder)-[:ON]->(a:Asset) RETURN a.id, count(w) ORDER BY count(w) DESC, a.id",
            [("P-102", 3), ("E-101", 1)],
            (0, 1),
            True,
        ),
        (
            "MATCH (a:Asset) WHERE a.id STARTS WITH 'P' RETURN a.id ORDER BY a.installed, substring(a.id, 0, 1)",
            [("P-101",), ("P-102",), ("P-103",)],
            (0, 0, 0),
            True,
        ),
        ("MATCH (p:Part) RETURN p.id", [("PT-7",), ("PT-3",)], (), True),
        ("MATCH (p:Part) WITH p ORDER BY p.stock LIMIT 1 RETURN p.id", [("PT-7",)], (), True),
    ],
)
def test_a_reference_tells_what_its_order_decides(backend, text, rows, places, fair):
    wanted = References(backend).wanted("here", text, {})
    assert sorted(wanted.rows) == sorted(rows)
    assert (wanted.places, wanted.fair) == (places, fair)


def test_a_limit_that_leaves_out_a_tie_is_no_question(backend):
    text = "MATCH (a:Asset) WHERE a.id <> $asset RETURN a.id ORDER BY a.installed LIMIT 2"
    assert not References(backend).wanted("here", text, {"asset": "P-101"}).fair
    with pytest.raises(BadInput, match="0 questions"):
        draw([changed(cypher=text)], backend, seed=1)
