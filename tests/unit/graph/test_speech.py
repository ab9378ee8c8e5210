"""Forms as sentences: what is said of each, and that no two are said alike."""

from __future__ import annotations

import pytest

from tests.unit.graph.forms import Forms, World
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Per, Rank, Relative, Thing, Times, Way
from tools.graph.parser.phrases import noun, relation, templates
from tools.graph.parser.speech import say

PLANT = World(NODES, RELATIONS)
E_101 = Thing("Asset", ids=("E-101",))
PUMPS = Thing("Asset", filters=(Filter("kind", Compare.EQUAL, ("pump",)),))
OPEN = Thing("WorkOrder", filters=(Filter("status", Compare.EQUAL, ("open",)),))
FEEDING = Link("FEEDS", Way.OUT, E_101)

SAID = [
    (
        Ask(Thing("WorkOrder", filters=OPEN.filters, links=(Link("ON", Way.OUT, Thing("Asset", links=(FEEDING,))),))),
        "open work orders on assets feeding asset E-101",
        "ordres de travail où statut est « open », sur équipements alimentant équipement E-101",
    ),
    (
        Ask(Thing("Asset", filters=PUMPS.filters, links=(Link("ON", Way.IN, OPEN, absent=True), FEEDING))),
        "pumps without open work orders, feeding asset E-101",
        "pompes sans ordres de travail où statut est « open », alimentant équipement E-101",
    ),
    (
        Ask(
            Thing("Asset", links=(Link("MEASURES", Way.IN, Thing("Sensor"), times=Times(Compare.ABOVE, 2)),)),
            Kind.COUNT,
        ),
        "number of assets with more than 2 sensors",
        "nombre d'équipements avec plus de 2 capteurs",
    ),
    (
        Ask(Thing("WorkOrder", filters=(Filter("opened", Compare.AT_LEAST, ("2026-03-01",)),)), Kind.EXISTS),
        "whether there are work orders whose opening date is on or after 2026-03-01",
        "s'il y a des ordres de travail où date d'ouverture à partir du 2026-03-01",
    ),
    (
        Ask(Thing("WorkOrder", ids=("WO-1001",), shown=("technician", "closed")), Kind.VALUES),
        "technician and closing date of work order WO-1001",
        "technicien et date de clôture pour ordre de travail WO-1001",
    ),
    (
        Ask(PUMPS, rank=Rank(link=Link("ON", Way.IN, OPEN), number=3)),
        "the 3 pumps with the most open work orders",
        "les 3 pompes avec le plus d'ordres de travail où statut est « open »",
    ),
    (
        Ask(Thing("Part"), Kind.MEAN, of="stock", per=Per(link=Link("HAS_PART", Way.IN, Thing("Asset")))),
        "average stock of parts, for each asset",
        "moyenne de stock pour pièces, pour chaque équipement",
    ),
    (
        Ask(Thing("Part"), Kind.COUNT, per=Per("name"), rank=Rank(), having=Times(Compare.AT_LEAST, 2)),
        "number of parts, for each value of name, only where there are at least 2, only the largest",
        "nombre de pièces, pour chaque valeur de nom, seulement s'il y en a au moins 2, seulement le plus grand",
    ),
    (
        Ask(Thing("Asset", relatives=(Relative("model", Compare.EQUAL, Thing("Asset", ids=("P-101",))),))),
        "assets whose model is that of asset P-101",
        "équipements où modèle est modèle d'équipement P-101",
    ),
    (
        Ask(Thing("Asset", links=(Link("FEEDS", Way.IN, Thing("Asset", ids=("T-101",)), 1, 8),))),
        "assets fed by [within 8 steps] asset T-101",
        "équipements ayant comme alimentation [en 8 étapes au plus] équipement T-101",
    ),
    (
        Ask(Thing("Asset", ids=("T-101",)), Kind.PATH, to=E_101),
        "shortest path along “feeds” in at most 8 steps from asset T-101 to asset E-101",
        "chemin le plus court par « feeds » en 8 étapes au plus d'équipement T-101 à équipement E-101",
    ),
    (
        Ask(PUMPS, rank=Rank(link=Link("MEASURES", Way.IN, Thing("Sensor")))),
        "the pump with the most sensors",
        "pompe avec le plus de capteurs",
    ),
    (
        Ask(
            Thing("WorkOrder", filters=OPEN.filters, links=(Link("ON", Way.OUT, E_101),), shown=("technician",)),
            rank=Rank("opened", descending=False),
        ),
        "the open work order with the earliest opening date among those on asset E-101, showing technician",
        (
            "ordre de travail avec la date d'ouverture la plus ancienne parmi les ordres de travail "
            "où statut est « open », sur équipement E-101, en montrant technicien"
        ),
    ),
    (
        Ask(Thing("Asset", ids=("P-101",), filters=PUMPS.filters, links=(FEEDING,)), Kind.EXISTS),
        "whether asset P-101 is among the pumps feeding asset E-101",
        "si équipement P-101 est parmi les pompes alimentant équipement E-101",
    ),
    (
        Ask(
            Thing(
                "WorkOrder",
                filters=(
                    Filter("opened", Compare.AT_LEAST, ("2025-01-01",)),
                    Filter("opened", Compare.BELOW, ("2026-01-01",)),
                ),
            )
        ),
        "work orders whose opening date is on or after 2025-01-01 and is before 2026-01-01",
        "ordres de travail où date d'ouverture à partir du 2025-01-01 et avant le 2026-01-01",
    ),
    (
        Ask(Thing("Asset", links=(Link("MEASURES", Way.IN, Thing("Sensor"), absent=True),))),
        "assets without sensors",
        "équipements sans capteurs",
    ),
    (
        Ask(Thing("Asset", links=(Link("FEEDS", Way.IN, Thing("Asset"), times=Times(Compare.ABOVE, 1)),))),
        "assets fed by more than 1 asset",
        "équipements ayant comme alimentation plus de 1 équipement",
    ),
    (
        Ask(PUMPS, Kind.COUNT, of="model"),
        "number of different values of model of pumps",
        "nombre de valeurs différentes de modèle pour pompes",
    ),
    (
        Ask(Thing("Part"), Kind.SUM, "quantity", per=Per(), along=Link("USED", Way.IN, Thing("WorkOrder"))),
        "total “quantity” (used in work orders) of parts, for each of them",
        "total de « quantity » (ayant servi pour ordres de travail) pour pièces, pour chacun",
    ),
    (
        Ask(
            Thing("WorkOrder"),
            Kind.MOST,
            "opened",
            per=Per("kind", Link("ON", Way.OUT, Thing("Asset"))),
            having_figure=(
                Filter("", Compare.AT_LEAST, ("2026-01-01",)),
                Filter("", Compare.BELOW, ("2026-03-01",)),
            ),
        ),
        (
            "largest opening date of work orders, for each value of kind of the asset, "
            "only where this is on or after 2026-01-01 and is before 2026-03-01"
        ),
        (
            "maximum de date d'ouverture pour ordres de travail, pour chaque valeur de type pour équipement, "
            "seulement si ce chiffre à partir du 2026-01-01 et avant le 2026-03-01"
        ),
    ),
    (
        Ask(Thing("WorkOrder", relatives=(Relative("closed", Compare.ABOVE, None, "opened"),))),
        "work orders whose closing date is after their opening date",
        "ordres de travail où date de clôture après leur date d'ouverture",
    ),
    (
        Ask(
            Thing(
                "WorkOrder", relatives=(Relative("opened", Compare.BELOW, Thing("Asset", ids=("P-101",)), "installed"),)
            )
        ),
        "work orders whose opening date is before installation date of asset P-101",
        "ordres de travail où date d'ouverture avant date d'installation d'équipement P-101",
    ),
    (
        Ask(
            Thing(
                "WorkOrder",
                filters=(
                    Filter("title", Compare.CONTAINS, ("seal",)),
                    Filter("title", Compare.CONTAINS, ("replace",)),
                ),
            )
        ),
        "work orders whose title contains “seal” and contains “replace”",
        "ordres de travail où titre contient « seal » et contient « replace »",
    ),
    (
        Ask(Thing("Part", filters=(Filter("stock", Compare.EQUAL, ()),), excluded=("PT-3", "PT-7"))),
        "parts other than PT-3 and PT-7, whose stock is not recorded",
        "pièces sauf PT-3 et PT-7, où stock manque",
    ),
]


@pytest.mark.parametrize(("ask", "english", "french"), SAID, ids=[english for _, english, _ in SAID])
def test_a_form_is_said(ask, english, french):
    assert say(ask, "en", PLANT.schema) == english
    assert say(ask, "fr", PLANT.schema) == french


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_forms_are_said_alike(language):
    said = {}
    for seed in range(600):
        ask = Forms(PLANT, seed).ask()
        assert said.setdefault(say(ask, language, PLANT.schema), ask) == ask


def test_a_property_that_is_called_number_is_no_count():
    listed, counted = Ask(Thing("Part", shown=("number",)), Kind.VALUES), Ask(Thing("Part"), Kind.COUNT)
    assert say(listed, "en", PLANT.schema) == "“number” of parts"
    assert say(counted, "en", PLANT.schema) == "number of parts"


def test_whether_a_condition_is_of_the_thing_or_of_the_one_within_is_told():
    area, fed = Link("PART_OF", Way.OUT, Thing("Area", ids=("CW-100",))), Link("FEEDS", Way.IN, PUMPS)
    inner = Link("FEEDS", Way.IN, Thing("Asset", filters=PUMPS.filters, links=(area,)))
    of_the_thing = say(Ask(Thing("Asset", links=(fed, area))), "en", PLANT.schema)
    of_the_pumps = say(Ask(Thing("Asset", links=(inner,))), "en", PLANT.schema)
    assert (of_the_thing, of_the_pumps) == (
        "assets fed by pumps, in area CW-100",
        "assets fed by pumps in area CW-100",
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_relation_is_said_in_words_of_its_own(language):
    types = [*templates()["relations"], "ACTED_IN", "PLACED", "HAS_GENRE", "COPY_OF"]
    said = [relation(type_, way, language) for type_ in types for way in Way]
    for words in ([phrase.has for phrase in said], [phrase.has_not for phrase in said]):
        assert len(set(words)) == len(said)


@pytest.mark.parametrize(
    ("type_", "said", "denied"),
    [
        ("ACTED_IN", "acted in", "with no “acted in” to"),
        ("WATCHES", "that watch", "with no “watches” to"),
        ("SUBSIDIES", "that subsidy", "with no “subsidies” to"),
        ("HAS_GENRE", "that have genre", "with no “has genre” to"),
        ("PLACED", "that placed", "with no “placed” to"),
    ],
)
def test_a_type_that_is_not_usual_is_said_by_its_name(type_, said, denied):
    phrase = relation(type_, Way.OUT, "en")
    assert (phrase.has, phrase.has_not) == (said, denied)


@pytest.mark.parametrize(
    ("label", "english", "french"),
    [
        ("WorkOrder", "work orders", "ordres de travail"),
        ("Equipment", "equipment", "équipements"),
        ("Person", "people", "personnes"),
        ("Company", "companies", "sociétés"),
        ("Gizmo", "gizmos", "gizmos"),
    ],
)
def test_a_label_is_said(label, english, french):
    assert (noun(label, "en"), noun(label, "fr")) == (english, french)
