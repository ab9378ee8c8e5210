"""What the words of a question may mean: in the small plant, and in a graph of films that the tables do not know."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plant.graph.contract import Node, Relation
from plant.graph.lines import schema_of
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.graph.catalogue import Catalogue
from tools.graph.parser import readings as r
from tools.graph.parser.inflection import base_of, english, french
from tools.graph.parser.lexicon import Lexicon
from tools.graph.parser.numerals import numbers
from tools.graph.parser.periods import spans
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.spelling import Speller
from tools.graph.parser.words import split

TODAY = date(2026, 11, 21)

FILMS = [
    Node("person-1", "Person", {"name": "Ada Lund", "born": 1950}),
    Node("person-2", "Person", {"name": "Bo Vale", "born": 1961}),
    Node("film-1", "Film", {"title": "It", "released": "1990-05-04", "runtime": 95, "language": "French"}),
    Node("film-2", "Film", {"title": "Paper Boats", "released": "2001-01-09", "runtime": 132, "language": "German"}),
    Node("genre-1", "Genre", {"name": "comedy"}),
    Node("order-7", "Order", {"status": "open", "gift": True}),
    Node("customer-1", "Customer", {"name": "Cy Moor"}),
]
CREDITS = [
    Relation("person-1", "DIRECTED", "film-1"),
    Relation("person-2", "ACTED_IN", "film-1"),
    Relation("person-1", "WROTE", "film-2"),
    Relation("film-2", "SEQUEL_OF", "film-1"),
    Relation("film-1", "HAS_GENRE", "genre-1"),
    Relation("customer-1", "PLACED", "order-7"),
    Relation("order-7", "CONTAINS", "film-1", {"quantity": 2}),
]


def catalogue_of(nodes, relations):
    """Learns a graph as an engine would give it."""

    def read(text):
        names = re.findall(r"\.`(\w+)` AS", text)
        label = re.match(r"MATCH \(n:`(\w+)`\)", text)
        if label:
            rows = [{**node.properties, "id": node.key} for node in nodes if node.label == label[1]]
        else:
            name = re.search(r"\[r:`(\w+)`\]", text)[1]
            rows = [relation.properties for relation in relations if relation.type == name]
        return [tuple(row.get(name) for name in names) for row in rows]

    return Catalogue.learn(schema_of(nodes, relations), read)


@pytest.fixture(scope="module")
def plant():
    return Lexicon(catalogue_of(NODES, RELATIONS))


@pytest.fixture(scope="module")
def films():
    return Lexicon(catalogue_of(FILMS, CREDITS))


def meanings(lexicon, question, phrase, *hints):
    """Returns what a phrase of a question may mean."""
    read = lexicon.read(question, TODAY, hints)
    wanted = [word.plain for word in split(phrase)]
    return [x.meaning for x in read.readings if [word.plain for word in read.words[x.first : x.last]] == wanted]


def ways(lexicon, question, phrase):
    """Returns which ways the relations that a phrase may mean are seen."""
    return {m.forward for m in meanings(lexicon, question, phrase) if isinstance(m, r.Relation)}


# --- the catalogue ------------------------------------------------------------------------------------------------


def test_a_catalogue_knows_kinds_and_values():
    catalogue = catalogue_of(NODES, RELATIONS)
    assert catalogue.kind_of("WorkOrder", "opened") is ValueKind.DAY
    assert catalogue.kind_of("Asset", "kind") is ValueKind.TEXT
    assert set(catalogue.values_of("WorkOrder", "status")) == {"open", "closed"}
    films = catalogue_of(FILMS, CREDITS)
    assert films.kind_of("Order", "gift") is ValueKind.FLAG
    assert films.kind_of("CONTAINS", "quantity") is ValueKind.NUMBER
    assert films.values_of("Film", "no such property") == ()


def test_a_large_label_is_read_in_pages():
    asked = []

    def read(text):
        asked.append(text)
        return []

    nodes = [Node(f"S-{i}", "Sensor", {}) for i in range(5_001)]
    Catalogue.learn(schema_of(nodes, []), read)
    assert [re.search(r"SKIP \d+ LIMIT \d+", text)[0] for text in asked] == [
        "SKIP 0 LIMIT 5000",
        "SKIP 5000 LIMIT 5000",
    ]


# --- nodes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "key"),
    [("P-101", "P-101"), ("p101", "P-101"), ("P 101", "P-101"), ("e7", "E07"), ("E-07", "E07"), ("WO 990", "WO-0990"),
     ("pump 101", "P-101"), ("pompe n° 102", "P-102"), ("work order 1001", "WO-1001"), ("TT2", "CW-100.TT-02")],
)  # fmt: skip
def test_an_id_may_be_written_loosely(plant, written, key):
    found = [m.ids for m in meanings(plant, f"what about {written}?", written) if isinstance(m, r.Nodes)]
    assert found == [(key,)]


def test_a_word_like_an_id_that_is_none_is_told_with_the_nearest(plant):
    read = plant.read("sensors on P-109", TODAY)
    assert [(unknown.word, unknown.ambiguous) for unknown in read.unknown] == [("P-109", False)]
    assert "P-101" in read.unknown[0].choices


def test_an_id_that_several_answer_to_is_ambiguous(plant):
    read = plant.read("sensors on VT-01", TODAY)
    assert read.unknown[0].ambiguous
    assert set(read.unknown[0].choices) == {"P-101.VT-01", "P-102.VT-01"}


def test_a_name_that_several_carry_means_all_of_them(plant):
    (nodes,) = [m for m in meanings(plant, "vibration sensors", "vibration") if isinstance(m, r.Nodes)]
    assert set(nodes.ids) == {"P-101.VT-01", "P-102.VT-01"}


def test_part_of_a_value_is_no_unknown_id(plant):
    assert plant.read("assets of model Alfa Laval T10", TODAY).unknown == ()


def test_a_short_name_counts_only_as_it_is_written(films):
    assert any(isinstance(m, r.Nodes) for m in meanings(films, "who directed It", "It"))
    assert not any(isinstance(m, r.Nodes) for m in meanings(films, "who directed it", "it"))


def test_it_means_what_was_spoken_of(plant):
    assert r.Nodes("Asset", ("P-101",)) in meanings(plant, "what feeds it", "it", "P-101")
    assert plant.read("what feeds it", TODAY).unread == ("it",)


# --- labels, kinds, values, properties ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "meaning"),
    [
        ("capteurs", r.Label("Sensor")),
        ("ordres de travail", r.Label("WorkOrder")),
        ("workorders", r.Label("WorkOrder")),
        ("pompes", r.Sort("Asset", "kind", "pump")),
        ("ouvertes", r.Value("WorkOrder", "status", "open")),
        ("clos", r.Value("WorkOrder", "status", "closed")),
        ("KSB Etanorm 80", r.Value("Asset", "model", "KSB Etanorm 80")),
        ("fabricants", r.Property("Asset", "maker", ValueKind.TEXT)),
        ("mise en service", r.Property("Asset", "installed", ValueKind.DAY)),
    ],
)
def test_a_thing_is_called_what_people_call_it(plant, phrase, meaning):
    assert meaning in meanings(plant, f"les {phrase} ?", phrase)


def test_what_the_graph_calls_something_is_no_synonym_of_another(films):
    assert {m.label for m in meanings(films, "orders", "orders") if isinstance(m, r.Label)} == {"Order"}


def test_a_flag_is_an_adjective(films):
    assert r.Value("Order", "gift", value=True) in meanings(films, "gift orders", "gift")


def test_a_node_of_a_label_with_few_is_named_in_either_number_and_language(films):
    assert r.Nodes("Genre", ("genre-1",)) in meanings(films, "which comedies", "comedies")
    assert r.Nodes("Genre", ("genre-1",)) in meanings(films, "quelles comédies", "comédies")


# --- relations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "phrase", "type_", "forward"),
    [
        ("which pumps feed E-101", "feed", "FEEDS", True),
        ("E-101 is fed by what", "fed by", "FEEDS", False),
        ("quelles pompes alimentent E-101", "alimentent", "FEEDS", True),
        ("E-101 est alimenté par quoi", "alimenté par", "FEEDS", False),
        ("sensors mounted on P-101", "mounted on", "MEASURES", True),
        ("capteurs montés sur P-101", "montés sur", "MEASURES", True),
        ("failure modes detected by TT2", "detected by", "DETECTED_BY", True),
        ("what does TT2 detect", "detect", "DETECTED_BY", False),
    ],
)
def test_a_relation_is_said_in_both_directions(plant, question, phrase, type_, forward):
    assert r.Relation(type_, forward) in meanings(plant, question, phrase)


def test_streams_have_several_hops_and_directly_one(plant):
    assert r.Relation("FEEDS", True, 1, 8) in meanings(plant, "what is upstream of E-101", "upstream of")
    assert r.Relation("FEEDS", False, 1, 1) in meanings(plant, "directement en aval de P-101", "directement en aval de")
    assert meanings(plant, "what is directly downstream of P-101", "directly") == []


def test_an_accent_or_an_auxiliary_tells_who_does_it(plant, films):
    assert r.Relation("FEEDS", True) in meanings(plant, "que P-101 alimente", "alimente")
    assert {m.forward for m in meanings(plant, "P-101 est alimenté", "alimenté") if isinstance(m, r.Relation)} == {
        False
    }
    assert {m.forward for m in meanings(films, "qui a réalisé It", "réalisé") if isinstance(m, r.Relation)} == {True}
    passive = meanings(films, "films réalisés par Ada Lund", "réalisés par")
    assert r.Relation("DIRECTED", False) in passive


@pytest.mark.parametrize(
    ("question", "phrase", "meaning"),
    [
        ("director of It", "director", r.End("DIRECTED", start=True)),
        ("acteurs de It", "acteurs", r.End("ACTED_IN", start=True)),
        ("films starring Bo Vale", "starring", r.Relation("ACTED_IN", forward=False)),
        ("in which films does Bo Vale act", "act", r.Relation("ACTED_IN", forward=True)),
        ("who wrote Paper Boats", "wrote", r.Relation("WROTE", forward=True)),
        ("orders placed by Cy Moor", "placed by", r.Relation("PLACED", forward=False)),
        ("the sequel of It", "sequel", r.End("SEQUEL_OF", start=True)),
    ],
)
def test_a_graph_never_seen_is_read_by_its_names(films, question, phrase, meaning):
    assert meaning in meanings(films, question, phrase)


@pytest.mark.parametrize(
    ("word", "base"),
    [("feeds", "feed"), ("fed", "feed"), ("used", "use"), ("supplied", "supply"), ("wrote", "write"),
     ("located", "locate"),
     ("monitored", "monitor"), ("fixes", "fix"), ("placed", "place"), ("fitted", "fit")],
)  # fmt: skip
def test_the_verb_of_a_type_is_found(word, base):
    assert (
        base_of(word, frozenset({"feed", "use", "supply", "write", "locate", "monitor", "fix", "place", "fit"})) == base
    )


def test_verbs_are_inflected():
    assert english("supply").active == ("supply", "supplies", "supplying")
    assert english("write").participles == ("written",)
    assert french("alimenter").participles == ("alimente", "alimentee", "alimentes", "alimentees")
    assert french("decrire").active[:2] == ("decrit", "decrivent")


# --- numbers, days, function words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [("three", 3), ("vingt et un", 21), ("quatre-vingt-deux", 82), ("two hundred and ten", 210), ("2,5", 2.5),
     ("1,000", 1000),     ("au moins un", 1)],
)  # fmt: skip
def test_a_number_is_read(text, number):
    assert [reading.meaning.number for reading in numbers([word.plain for word in split(text)])] == [number]


def test_a_french_article_is_no_number():
    assert list(numbers(["ont", "un", "ordre", "d", "une", "pompe"])) == []


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("March 2025", "2025-03-01", "2025-03-31"),
        ("en mars 2025", "2025-03-01", "2025-03-31"),
        ("1er mars 2025", "2025-03-01", "2025-03-01"),
        ("March 1st, 2025", "2025-03-01", "2025-03-01"),
        ("2025-03-01", "2025-03-01", "2025-03-01"),
        ("in March", "2026-03-01", "2026-03-31"),
        ("en décembre", "2025-12-01", "2025-12-31"),
        ("Q1 2025", "2025-01-01", "2025-03-31"),
        ("premier semestre 2025", "2025-01-01", "2025-06-30"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("le mois dernier", "2026-10-01", "2026-10-31"),
        ("over the last month", "2026-10-21", "2026-11-21"),
        ("this year", "2026-01-01", "2026-12-31"),
        ("the last 30 days", "2026-10-22", "2026-11-21"),
        ("ces 30 derniers jours", "2026-10-22", "2026-11-21"),
        ("yesterday", "2026-11-20", "2026-11-20"),
        ("il y a deux semaines", "2026-11-07", "2026-11-07"),
        ("the 1990s", "1990-01-01", "1999-12-31"),
        ("hired in the nineties", "1990-01-01", "1999-12-31"),
        ("next month", "2026-12-01", "2026-12-31"),
        ("la semaine prochaine", "2026-11-23", "2026-11-29"),
        ("in the next 30 days", "2026-11-21", "2026-12-21"),
        ("dans les 15 jours qui viennent", "2026-11-21", "2026-12-06"),
        ("tomorrow", "2026-11-22", "2026-11-22"),
        ("week 12 of 2025", "2025-03-17", "2025-03-23"),
        ("S1 2025", "2025-01-01", "2025-06-30"),
        ("since the start of the year", "2026-01-01", "2026-12-31"),
    ],
)
def test_days_are_read(text, first, last):
    (days,) = [reading.meaning for reading in spans([word.plain for word in split(text)], TODAY)]
    assert (str(days.first), str(days.last)) == (first, last)


@pytest.mark.parametrize(
    ("text", "firsts"),
    [
        ("between November and December 2025", ["2025-11-01", "2025-12-01"]),
        ("de novembre à mars 2025", ["2024-11-01", "2025-03-01"]),
        ("from 1 to 15 May 2025", ["2025-05-01", "2025-05-15"]),
        ("du 1er mars au 15 avril 2025", ["2025-03-01", "2025-04-15"]),
        ("between 3 March 2024 and 5 May 2025", ["2024-03-03", "2025-05-05"]),
    ],
)
def test_a_span_takes_its_year_from_its_end(text, firsts):
    found = [reading.meaning for reading in spans([word.plain for word in split(text)], TODAY)]
    assert [str(days.first) for days in found] == firsts


@pytest.mark.parametrize("text", ["2025-13-01", "31/02/2025", "12345", "0000", "the last pump"])
def test_what_is_no_day_is_not_read_as_one(text):
    assert list(spans([word.plain for word in split(text)], TODAY)) == []


def test_a_span_beyond_the_calendar_ends_where_it_does():
    (days,) = [reading.meaning for reading in spans(["last", "99999999999", "years"], TODAY)]
    assert days.first == date.min


def test_accents_tell_words_apart(plant):
    assert r.Function(Role.OR) not in meanings(plant, "où est P-101", "où")
    assert r.Function(Role.OR) in meanings(plant, "P-101 ou P-102", "ou")


def test_a_text_in_quotation_marks_is_only_that(plant):
    read = plant.read('orders with "open pump" in the title', TODAY)
    assert [x.meaning for x in read.readings if 2 <= x.first < 4] == [r.Quoted("open pump")]


def test_what_follows_containing_is_a_text(plant):
    assert r.Quoted("seal") in meanings(plant, "orders whose title contains seal", "seal")


def test_a_degree_is_two_words_at_one_place():
    words = split("the cheapest part")
    assert [word.plain for word in words] == ["the", "least", "expensive", "part"]
    assert words[1].start == words[2].start


# --- misspellings, and what is not known --------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "label"), [("sensrs", "Sensor"), ("snesor", "Sensor"), ("capteuurs", "Sensor")])
def test_a_slip_is_read_at_its_price(plant, typed, label):
    read = plant.read(f"which {typed}", TODAY)
    assert any(x.meaning == r.Label(label) and x.cost >= 1 for x in read.readings)


def test_a_word_that_is_known_is_never_a_slip(plant):
    assert all(reading.cost < 1 for reading in plant.read("sensors on pumps that feed E-101", TODAY).readings)


def test_short_words_and_ids_are_not_corrected():
    speller = Speller(["pump", "pumps", "sensor"])
    assert speller.near("pmu") == speller.near("p-10") == []


@pytest.mark.parametrize("word", ["tensors", "mensor", "weights"])
def test_another_word_is_no_slip(plant, word):
    assert plant.read(f"which {word}", TODAY).unread == (word,)


def test_a_word_without_a_reading_is_told(plant):
    assert plant.read("which pumps are purple", TODAY).unread == ("purple",)


SEEN = """
which pumps feed P-101 e7 is not the capteurs montés sur alimentée par l' d' ouvert depuis mars 2025 « open » 3 un
cheapest it's n'ont aucun purple 'seal' -- ??? œuvre \ufb01lter İ 12/03 1e9 P- ½
"""
WORDS = st.sampled_from(SEEN.split()) | st.text(max_size=8)


@settings(max_examples=80, deadline=None)
@given(words=st.lists(WORDS, max_size=12))
def test_readings_stay_inside_the_question_and_every_word_is_read_or_told(plant, words):
    question = " ".join(words)
    read = plant.read(question, TODAY)
    assert all(0 <= x.first < x.last <= len(read.words) and x.cost >= 0 for x in read.readings)
    assert all(question[word.start : word.end] == word.written for word in read.words)
    read_words = {index for x in read.readings for index in range(x.first, x.last)}
    assert len(read.unread) == len(read.words) - len(read_words)
    spans_ = [(word.start, word.end) for word in read.words]
    assert all(a == b or a[1] <= b[0] for a, b in pairwise(spans_))


@pytest.mark.parametrize(
    ("question", "above"),
    [("parts in stock", True), ("pièces en stock", True), ("parts with less than 3 in stock", False)],
)
def test_in_stock_is_more_than_none_where_no_number_is_given(question, above):
    parts = [Node("PT-1", "Part", {"name": "seal", "stock": 0}), Node("PT-2", "Part", {"name": "belt", "stock": 4})]
    read = Lexicon(catalogue_of(parts, [])).read(question, TODAY)
    assert (r.Value("Part", "stock", 0, above=True) in [reading.meaning for reading in read.readings]) is above


def test_a_longer_name_that_two_nodes_share_covers_a_kind_with_a_number():
    fans = [Node(f"FA-{n}02", "Fan", {"name": "aeration fan 2 North"}) for n in (1, 2)]
    assert Lexicon(catalogue_of(fans, [])).read("model of aeration fan 2 North", TODAY).unknown == ()


def test_from_is_since_before_onwards(plant):
    read = plant.read("work orders opened from 2025 onwards", TODAY)
    meant = [reading.meaning for reading in read.readings if read.words[reading.first].plain == "from"]
    assert meant == [r.Function(Role.SINCE)]


@pytest.mark.parametrize(
    ("question", "phrase", "wanted"),
    [
        ("P-101: sensors on it", "it", r.Nodes("Asset", ("P-101",))),
        ("P-101: sensors on it", "P-101", r.Function(Role.FILLER)),
        ("le jour où il a été ouvert", "le jour où il a été", None),
        ("the day it was opened", "day it was", r.Function(Role.FILLER)),
        ("which day was it opened", "day was it", None),
        ("failure modes without parts that fix them", "that fix them", r.Function(Role.FILLER)),
        ("failure modes of E-101 without parts that fix them", "that fix them", None),
    ],
)
def test_words_that_only_go_back_or_introduce(plant, question, phrase, wanted):
    assert wanted in (meanings(plant, question, phrase) or [None])


def test_it_is_none_of_two_and_nothing_of_what_was_told_before(plant):
    assert meanings(plant, "does P-101 feed E-101 and its sensors", "its") != [r.Nodes("Asset", ("E-101",))]
    assert not any(isinstance(m, r.Nodes) for m in meanings(plant, "I reported P-101. Who works on it?", "it"))


def test_a_told_text_ends_with_its_clause(films):
    assert meanings(films, "films whose title contains Boat, with their runtime", "Boat") == [r.Quoted("Boat")]
    read = films.read("films whose title contains Boat, with their runtime", TODAY)
    assert [x.meaning for x in read.readings if isinstance(x.meaning, r.Quoted)] == [r.Quoted("Boat")]


def test_a_property_is_that_of_the_label_it_is_said_of():
    nodes = [Node("J1", "Job", {"kind": "repair"}), Node("E1", "Engine", {"kind": "diesel"})]
    lexicon = Lexicon(catalogue_of(nodes, [Relation("J1", "ON", "E1")]))
    found = meanings(lexicon, "jobs for every kind of engine", "kind")
    assert {m.owner for m in found if isinstance(m, r.Property)} == {"Engine"}
    alone = meanings(lexicon, "jobs on engines by kind", "kind")
    assert {m.owner for m in alone if isinstance(m, r.Property)} == {"Engine", "Job"}
