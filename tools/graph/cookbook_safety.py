"""Recipes for what a person asks before touching a machine: what hangs on it, what feeds it, who was there before.

They tell what the graph has, and never that it is all: a connection that nobody entered is not in it.
"""

from __future__ import annotations

from typing import Final

from tools.graph.cookbook import OPEN_ROWS, ORDER_ROWS, Recipe

_ROUNDS: Final = 7
"""As many steps of WITH as the guard lets pass, less the first."""

_NEWEST: Final = (
    "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset}) WHERE w.opened IS NOT NULL"
    " AND NOT EXISTS { MATCH (v:WorkOrder)-[:ON]->(a) WHERE v.opened > w.opened }"
)

_SIDE: Final = (
    "CASE WHEN NOT EXISTS { (b)-[:FEEDS]->(a) } THEN 'is fed by it'"
    " WHEN EXISTS { (a)-[:FEEDS]->(b) } THEN 'feeds it and is fed by it' ELSE 'feeds it' END AS side"
)
_IS_VALVE: Final = "toLower(b.kind) CONTAINS 'valve' OR toLower(b.kind) CONTAINS 'vanne'"
_VALVES_FIRST: Final = f"ORDER BY CASE WHEN {_IS_VALVE} THEN 0 ELSE 1 END, side, asset"
_MEDIA: Final = "WITH a, b, r.medium AS one ORDER BY one WITH a, b, collect(DISTINCT one) AS medium"


def _fails_with(condition: str) -> str:
    """Returns the Cypher that finds what loses all its feeds when `$asset` stops.

    In rounds: lost is what is fed by something lost and, of the same kind of feed, by nothing else.

    Args:
        condition: What makes another feed `q` of the same kind as the lost one `r`; empty where feeds have no kind.
    """
    text = "MATCH (f:Asset {id: $asset}) WITH collect(f.id) AS lost0"
    for number in range(_ROUNDS):
        lost = f"lost{number}"
        text += (
            f" UNWIND {lost} AS id{number} MATCH (f:Asset {{id: id{number}}}) OPTIONAL MATCH (f)-[r:FEEDS]->(b:Asset)"
            f" WHERE NOT b.id IN {lost}"
            f" AND NOT EXISTS {{ MATCH (c:Asset)-[q:FEEDS]->(b) WHERE {condition}NOT c.id IN {lost} }}"
            f" WITH collect(DISTINCT f.id) + collect(DISTINCT b.id) AS lost{number + 1}"
        )
    return f"{text} MATCH (b:Asset) WHERE b.id IN lost{_ROUNDS} AND b.id <> $asset"


_FAILS_ROWS: Final = "b.id AS asset, b.name AS name, b.kind AS kind ORDER BY asset"

SAFETY: Final[tuple[Recipe, ...]] = (
    Recipe(
        "isolate",
        ("Asset",),
        (
            "what {must} (i|we) [have to|need to] {isolate} {before} {working} [on] <asset>",
            "what (has to|needs to|must|should) be (isolated|shut off|locked out) {before} {working} [on] <asset>",
            "what to {isolate} {before} {working} [on] <asset>",
            "{which} {equipment} {must} (i|we) [have to|need to] {isolate} {before} {working} [on] <asset>",
            "{before} {working} [on] <asset> what {must} (i|we) [have to|need to] {isolate}",
            "{faut} {isoler} {avant} {travailler} [sur] <asset>",
            "quoi {isoler} {avant} {travailler} [sur] <asset>",
            "(quels|quelles) {equipements} [faut il|dois je|doit on] {isoler} {avant} {travailler} [sur] <asset>",
            "[what are] [the] isolation points (for|of) <asset>",
            "[quels sont] [les] points (de consignation|d isolement) (de|d|du|pour) <asset>",
        ),
        "what must I isolate before working on {asset}?",
        "que faut-il isoler avant de travailler sur {asset} ?",
        "MATCH (a:Asset {id: $asset})-[:FEEDS]-(b:Asset) WITH DISTINCT a, b",
        f"b.id AS asset, b.name AS name, b.kind AS kind, {_SIDE} {_VALVES_FIRST}",
        "",
        "equipment that the graph connects directly to {asset}, valves first; it may not be all, and it is no lock-out"
        " procedure",
        "équipements que le graphe raccorde directement à {asset}, vannes d'abord ; liste peut-être incomplète, pas une"
        " procédure de consignation",
        fuller=(
            f"MATCH (a:Asset {{id: $asset}})-[r:FEEDS]-(b:Asset) {_MEDIA}",
            f"b.id AS asset, b.name AS name, b.kind AS kind, {_SIDE}, medium {_VALVES_FIRST}",
        ),
    ),
    Recipe(
        "valves_to_close",
        ("Asset",),
        (
            "(which|what) valves {must} (i|we) [have to|need to] (close|shut|isolate) {before} {working} [on] <asset>",
            "(which|what) valves (must|should|need to) be (closed|shut) {before} {working} [on] <asset>",
            "quelles vannes [faut il|dois je|doit on] (fermer|isoler|consigner) {avant} {travailler} [sur] <asset>",
        ),
        "which valves must I close before working on {asset}?",
        "quelles vannes faut-il fermer avant de travailler sur {asset} ?",
        f"MATCH (a:Asset {{id: $asset}})-[:FEEDS]-(b:Asset) WHERE {_IS_VALVE} WITH DISTINCT a, b",
        f"b.id AS asset, b.name AS name, {_SIDE} ORDER BY side, asset",
        "",
        "valves that the graph connects directly to {asset}; they may not be all, and this is no lock-out procedure",
        "vannes que le graphe raccorde directement à {asset} ; liste peut-être incomplète, pas une procédure de"
        " consignation",
    ),
    Recipe(
        "fed_with",
        ("Asset",),
        (
            "what feeds <asset> [and] with (what|which) (medium|fluid)",
            "with (what|which) (medium|fluid) is <asset> (fed|supplied)",
            "(qu est ce qui|qui) alimente <asset> [et] (avec|en) (quel|quels) (fluide|fluides|medium)",
            "(avec|en|par) (quel|quels) (fluide|fluides|medium) est (alimente|alimentee) <asset>",
        ),
        "what feeds {asset} and with which medium?",
        "qu'est-ce qui alimente {asset} et avec quel fluide ?",
        "MATCH (b:Asset)-[r:FEEDS]->(a:Asset {id: $asset})",
        "DISTINCT b.id AS asset, b.name AS name, r.medium AS medium ORDER BY asset, medium",
        "",
        "equipment that feeds {asset}, with the medium",
        "équipements qui alimentent {asset}, avec le fluide",
    ),
    Recipe(
        "upstream_of",
        ("Asset",),
        (
            "what (is|s|lies|sits|stands) upstream of <asset>",
            "[everything|all] [{equipment}] upstream of <asset>",
            "{which} {equipment} (is|are) upstream of <asset>",
            "(qu est ce qui est|qu y a t il|tout ce qui est|ce qui est) en amont (de|d|du) <asset>",
            "[{quels} {equipements}] [est|sont] en amont (de|d|du) <asset>",
        ),
        "what is upstream of {asset}?",
        "qu'y a-t-il en amont de {asset} ?",
        "MATCH p = (b:Asset)-[:FEEDS*1..8]->(a:Asset {id: $asset}) WHERE b.id <> a.id",
        "b.id AS asset, b.name AS name, min(length(p)) AS distance ORDER BY distance, asset",
        "b",
        "equipment upstream of {asset}, up to 8 steps away",
        "équipements en amont de {asset}, jusqu'à 8 pas",
    ),
    Recipe(
        "downstream_of",
        ("Asset",),
        (
            "what (is|s|lies|sits|stands) downstream of <asset>",
            "[everything|all] [{equipment}] downstream of <asset>",
            "{which} {equipment} (is|are) downstream of <asset>",
            "(qu est ce qui est|qu y a t il|tout ce qui est|ce qui est) en aval (de|d|du) <asset>",
            "[{quels} {equipements}] [est|sont] en aval (de|d|du) <asset>",
        ),
        "what is downstream of {asset}?",
        "qu'y a-t-il en aval de {asset} ?",
        "MATCH p = (a:Asset {id: $asset})-[:FEEDS*1..8]->(b:Asset) WHERE b.id <> a.id",
        "b.id AS asset, b.name AS name, min(length(p)) AS distance ORDER BY distance, asset",
        "b",
        "equipment downstream of {asset}, up to 8 steps away",
        "équipements en aval de {asset}, jusqu'à 8 pas",
    ),
    Recipe(
        "fails_with",
        ("Asset",),
        (
            "what [else] {would} {fail} (if|when) <asset> {stops}",
            "(if|when) <asset> {stops} what [else] {would} {fail}",
            "what [else] {would} {fail} (if|when) (i|we) (stop|shut down) <asset>",
            "(qu est ce qui|quoi) [d autre] {arrete} (si|quand|lorsque) <asset> {arrete}",
            "(si|quand|lorsque) <asset> {arrete} (qu est ce qui|quoi) [d autre] {arrete}",
            "(qu est ce qui|quoi) [d autre] {arrete} (si j|si on|si l on|quand on) arrete <asset>",
        ),
        "what else fails when {asset} stops?",
        "qu'est-ce qui s'arrête si {asset} s'arrête ?",
        _fails_with(""),
        _FAILS_ROWS,
        "",
        f"equipment that has no feed left when {{asset}} stops, up to {_ROUNDS} steps away, as the graph has it",
        f"équipements sans autre alimentation quand {{asset}} s'arrête, jusqu'à {_ROUNDS} pas, d'après le graphe",
        fuller=(_fails_with("coalesce(q.medium, '') = coalesce(r.medium, '') AND "), _FAILS_ROWS),
    ),
    Recipe(
        "sensors_showing",
        ("Asset",),
        (
            "{which} {sensors} [that|which] {would} (show|detect|reveal|see) {failure} (of|on|in|at) <asset>",
            "{quels} {capteurs} [qui] {montrent} {panne} (de|d|du|sur) <asset>",
        ),
        "which sensors would show a failure of {asset}?",
        "quels capteurs montreraient une panne de {asset} ?",
        "MATCH (f:FailureMode)-[:AFFECTS]->(a:Asset {id: $asset}) MATCH (f)-[:DETECTED_BY]->(s:Sensor)"
        " OPTIONAL MATCH (s)-[:MEASURES]->(b:Asset)",
        "s.id AS tag, s.description AS description, b.id AS asset, collect(DISTINCT f.code) AS codes ORDER BY tag",
        "s",
        "sensors that detect a failure mode of {asset}, where they are and which",
        "capteurs qui détectent un mode de défaillance de {asset}, où ils sont et lequel",
    ),
    Recipe(
        "last_order",
        ("Asset",),
        (
            "[what (is|was)] [the] {last} {orders} (on|for|of|at) <asset>",
            "{last} {orders} <asset>",
            "[quel est|quelle est|quel etait] [le|la|l] {dernier} {ordres} sur <asset>",
            "{dernier} {ordres} <asset>",
            "[quel est] [l] {ordres} le plus recent sur <asset>",
        ),
        "what was the last work order on {asset}?",
        "dernier ordre de travail sur {asset}",
        _NEWEST,
        f"{ORDER_ROWS}, w.technician AS technician ORDER BY w.id",
        "",
        "last opened work order on {asset}",
        "dernier ordre de travail ouvert à une date sur {asset}",
    ),
    Recipe(
        "last_worked_on",
        ("Asset",),
        (
            "who (last worked|worked last|was last|was the last to work) (on|at) <asset>",
            "who did the {last} ({orders}|work) on <asset>",
            "[who is|who was] [the] {last} (technician|person) (on|who worked on|to work on) <asset>",
            "qui (a travaille|est intervenu) (en dernier|dernierement|la derniere fois) sur <asset>",
            "qui a (fait|realise) (le|la|l) {dernier} {ordres} sur <asset>",
            "[quel est|qui est] [le] dernier technicien [intervenu|a etre intervenu|a avoir travaille] sur <asset>",
        ),
        "who worked last on {asset}?",
        "qui a travaillé en dernier sur {asset} ?",
        _NEWEST,
        "w.technician AS technician, w.id AS order, w.title AS title, w.opened AS opened ORDER BY w.id",
        "",
        "technician of the last opened work order on {asset}",
        "technicien du dernier ordre de travail sur {asset}",
    ),
    Recipe(
        "other_open_orders",
        ("WorkOrder",),
        (
            "{which} other {open} {orders} {are} on the same {equipment} as <workorder>",
            "{which} other {orders} [are] {open} on the same {equipment} as <workorder>",
            "other {open} {orders} (of|for) the same {equipment} as <workorder>",
            "{quels} autres {ordres} [sont] {ouverts} {sont} sur [le|la|l] (meme|memes) {equipements} que <workorder>",
        ),
        "which other work orders are open on the same equipment as {workorder}?",
        "autres ordres de travail ouverts sur le même équipement que {workorder}",
        "MATCH (o:WorkOrder {id: $workorder})-[:ON]->(a:Asset)<-[:ON]-(w:WorkOrder)"
        " WHERE w.id <> o.id AND w.status = 'open'",
        f"DISTINCT {OPEN_ROWS} ORDER BY opened DESC, title",
        "w",
        "other open work orders on the equipment of {workorder}",
        "autres ordres de travail ouverts sur l'équipement de {workorder}",
    ),
    Recipe(
        "other_open_orders_on",
        ("Asset",),
        (
            "{which} other {open} {orders} {are} {on} <asset>",
            "{which} other {orders} [are] {open} {on} <asset>",
            "{quels} autres {ordres} [sont] {ouverts} {sont} {sur} <asset>",
        ),
        "other open work orders on {asset}",
        "autres ordres de travail ouverts sur {asset}",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset}) WHERE w.status = 'open'",
        f"{OPEN_ROWS} ORDER BY opened DESC, w.id",
        "",
        "all open work orders on {asset}, the one at hand too",
        "tous les ordres de travail ouverts sur {asset}, celui en cours aussi",
    ),
    Recipe(
        "other_orders",
        ("WorkOrder",),
        (
            "{which} other {orders} {are} on the same {equipment} as <workorder>",
            "{quels} autres {ordres} {sont} sur [le|la|l] (meme|memes) {equipements} que <workorder>",
        ),
        "other work orders on the same equipment as {workorder}",
        "autres ordres de travail sur le même équipement que {workorder}",
        "MATCH (o:WorkOrder {id: $workorder})-[:ON]->(a:Asset)<-[:ON]-(w:WorkOrder) WHERE w.id <> o.id",
        f"DISTINCT {ORDER_ROWS} ORDER BY opened DESC, title",
        "w",
        "other work orders on the equipment of {workorder}",
        "autres ordres de travail sur l'équipement de {workorder}",
    ),
    Recipe(
        "same_model",
        ("Asset",),
        (
            "[what else|which equipment|what] [is|has] [the] same model as <asset> [elsewhere]",
            "{which} [other] {equipment} [is|are|has|have|with|of] [the] same model as <asset>",
            "where else (do we have|is) the same model as <asset> [installed|used]",
            "ou (avons nous|a t on) [encore] le meme modele que <asset>",
            "[{quels}] [autres] [{equipements}] [est|sont|ont] [du|le|de] meme modele que <asset> [ailleurs]",
        ),
        "which other equipment is the same model as {asset}?",
        "autres équipements du même modèle que {asset}",
        "MATCH (a:Asset {id: $asset}) MATCH (b:Asset) WHERE b.model = a.model AND b.id <> a.id",
        "b.id AS asset, b.name AS name, b.model AS model ORDER BY asset",
        "b",
        "other equipment of the same model as {asset}",
        "autres équipements du même modèle que {asset}",
    ),
)
