"""The recipes themselves: what each is asked with, in English and French, and the Cypher that answers.

A pattern is matched against a linked question (`tools.graph.entities.Linked.text`): lower case, no
accents, mentions as `<asset>`, a kind of asset as `<kind>`. Columns are named in each query.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

_COMMON: Final = """
a all also an and any are as at be been belong belongs by can could do does find for from get give has have how i in is
it its know list many me much number count of on one please show tell that the their them there these this those to us
was we were what whats when where which who with would you your name names ids
au aux avec avoir c ce ces cette combien comment dans de des donne du elle elles en est et etre il ils j je l la le les
leur liste lister m ma me moi montre nombre nous ont ou par pour quand que quel quelle quelles quels qui quoi sa se ses
son sont sur ete t tous tout toute toutes un une y qu d s n nom noms existe
"""
COMMON_WORDS: Final = frozenset(_COMMON.split())
"""Words that carry no meaning of their own in a question, English and French."""

COUNTING: Final = re.compile(r"\b(how many|number of|count|combien|nombre)\b")
"""How a question asks for a count."""


class Recipe(msgspec.Struct, frozen=True):
    """One question.

    Attributes:
        name: What it is called in the evidence.
        needs: Labels of the entities it is about; their ids become `$asset`, `$area`, ...
        pattern: What the linked text must say.
        words: Further words it understands; stems end in `*`.
        match: The Cypher up to RETURN.
        returns: What it returns, with ORDER BY.
        counted: What is counted when the question asks how many; empty where counting makes no sense.
        english: The question as a noun phrase, `{asset}` for ids.
        french: The same in French.
        kinds: Whether the question may name one kind of asset, which becomes `$kind`.
    """

    name: str
    needs: tuple[str, ...]
    pattern: str
    words: str
    match: str
    returns: str
    counted: str
    english: str
    french: str
    kinds: bool = False

    def query(self, *, counting: bool = False) -> str:
        """Returns its Cypher, or the Cypher that counts."""
        end = f"count(DISTINCT {self.counted}) AS count" if counting else self.returns
        return f"{self.match} RETURN {end}"


_ORDER: Final = r"(work ?orders?|orders|wos?|interventions?|(ordres?|bons?) de travail|maintenance)"
_ORDER_WORDS: Final = "work order* workorder* wo wos intervention* ordre* bon* travail maintenance job* done"
_ORDER_ROWS: Final = "w.id AS order, w.title AS title, w.status AS status, w.opened AS opened, w.closed AS closed"
_PART: Final = r"(parts?|spares?|pieces?|rechanges?|composants?|components?)"
_PART_WORDS: Final = "part* spare* piece* rechange* composant* component*"

RECIPES: Final[tuple[Recipe, ...]] = (
    Recipe(
        "part_that_fixes",
        ("FailureMode",),
        rf"{_PART}.*(fix|repair|solve|cure|remed|repar|corrige|resou|need|require|faut)|(fix|repar|resou).*{_PART}",
        f"{_PART_WORDS} fix* repair* solve* cure* remed* repar* corrige* resou* need* require* faut fault*",
        "MATCH (p:Part)-[:FIXES]->(f:FailureMode {id: $failuremode})",
        "p.name AS part, p.id AS id, p.number AS number, p.stock AS stock, f.code AS code ORDER BY part",
        "p",
        "parts that fix {failuremode}",
        "pièces qui réparent {failuremode}",
    ),
    Recipe(
        "sensor_that_detects",
        ("FailureMode",),
        r"(sensors?|tags?|instruments?|capteurs?|detect)",
        "sensor* tag* instrument* capteur* detect* show* see* fault* panne*",
        "MATCH (f:FailureMode {id: $failuremode})-[:DETECTED_BY]->(s:Sensor)",
        "s.id AS tag, s.description AS description, s.unit AS unit ORDER BY tag",
        "s",
        "sensors that detect {failuremode}",
        "capteurs qui détectent {failuremode}",
    ),
    Recipe(
        "affected_by",
        ("FailureMode",),
        r"(affect|touch|concern|impact|touche)",
        "affect* touch* concern* impact* asset* equipment* equipement* machine* pump* fault*",
        "MATCH (f:FailureMode {id: $failuremode})-[:AFFECTS]->(a:Asset)",
        "a.id AS asset, a.name AS name, f.code AS code ORDER BY asset",
        "a",
        "equipment affected by {failuremode}",
        "équipements touchés par {failuremode}",
    ),
    Recipe(
        "failure_mode",
        ("FailureMode",),
        r"^(what|whats|qu|que|c) .*<failuremode>( (mean|means|stand for|signifie|veut dire))?$",
        "mean* stand signifie veut dire effect* effet* fault*",
        "MATCH (f:FailureMode {id: $failuremode})",
        "f.code AS code, f.name AS failure, f.effect AS effect",
        "",
        "failure mode {failuremode}",
        "mode de défaillance {failuremode}",
    ),
    Recipe(
        "failure_modes_of",
        ("Asset",),
        r"(failure modes?|failures?|faults?|fault codes?|pannes?|defaillances?|defauts?|go wrong)",
        "failure* mode* fault* code* panne* defaillance* defaut* affect* possible known go wrong peut avoir",
        "MATCH (f:FailureMode)-[:AFFECTS]->(a:Asset {id: $asset})",
        "f.code AS code, f.name AS failure, f.effect AS effect ORDER BY code",
        "f",
        "failure modes of {asset}",
        "modes de défaillance de {asset}",
    ),
    Recipe(
        "parts_used_on",
        ("Asset",),
        rf"{_PART}.*\b(used|utilisee?s?|changed|replaced|remplacee?s?|changee?s?)\b",
        f"{_PART_WORDS} used utilise* changed replaced remplace* change*",
        "MATCH (a:Asset {id: $asset})<-[:ON]-(w:WorkOrder)-[:USED]->(p:Part)",
        "p.name AS part, p.id AS id, p.number AS number, max(w.opened) AS opened ORDER BY opened DESC, part",
        "p",
        "parts used on {asset}",
        "pièces utilisées sur {asset}",
    ),
    Recipe(
        "parts_of",
        ("Asset",),
        rf"\b{_PART}\b",
        f"{_PART_WORDS} stock* number* available disponible* belong* made",
        "MATCH (a:Asset {id: $asset})-[:HAS_PART]->(p:Part)",
        "p.name AS part, p.id AS id, p.number AS number, p.stock AS stock ORDER BY part",
        "p",
        "parts of {asset}",
        "pièces de {asset}",
    ),
    Recipe(
        "last_order",
        ("Asset",),
        rf"(last|latest|most recent|derniere?s?|plus recente?).*{_ORDER}|{_ORDER}.*(last|latest|most recent|derniere?)",
        f"{_ORDER_WORDS} last latest most recent* plus dernier* derniere*",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset})",
        f"{_ORDER_ROWS}, w.technician AS technician ORDER BY opened DESC LIMIT 1",
        "",
        "last work order on {asset}",
        "dernier ordre de travail sur {asset}",
    ),
    Recipe(
        "open_orders_on",
        ("Asset",),
        rf"(open|pending|outstanding|ouverte?s?|en cours|en attente).*{_ORDER}|{_ORDER}.*(open|pending"
        rf"|ouverte?s?|en cours)",
        f"{_ORDER_WORDS} open pending outstanding ouvert* cours attente still encore",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset}) WHERE w.status = 'open'",
        "w.id AS order, w.title AS title, w.opened AS opened, w.technician AS technician ORDER BY opened DESC",
        "w",
        "open work orders on {asset}",
        "ordres de travail ouverts sur {asset}",
    ),
    Recipe(
        "closed_orders_on",
        ("Asset",),
        rf"(closed|finished|done|clos|closes?|fermee?s?|terminee?s?).*{_ORDER}|{_ORDER}.*(closed|finished|clos"
        rf"|fermee?s?|terminee?s?)",
        f"{_ORDER_WORDS} closed finished clos close* ferme* termine*",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset}) WHERE w.status = 'closed'",
        "w.id AS order, w.title AS title, w.opened AS opened, w.closed AS closed ORDER BY opened DESC",
        "w",
        "closed work orders on {asset}",
        "ordres de travail clos sur {asset}",
    ),
    Recipe(
        "orders_on",
        ("Asset",),
        rf"{_ORDER}",
        f"{_ORDER_WORDS} history historique every chaque",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset})",
        f"{_ORDER_ROWS} ORDER BY opened DESC",
        "w",
        "work orders on {asset}",
        "ordres de travail sur {asset}",
    ),
    Recipe(
        "open_orders",
        (),
        rf"(open|pending|outstanding|ouverte?s?|en cours|en attente).*{_ORDER}|{_ORDER}.*(open|pending"
        rf"|ouverte?s?|en cours)",
        f"{_ORDER_WORDS} open pending outstanding ouvert* cours attente still encore",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset) WHERE w.status = 'open'",
        "w.id AS order, a.id AS asset, w.title AS title, w.opened AS opened ORDER BY opened DESC",
        "w",
        "open work orders",
        "ordres de travail ouverts",
    ),
    Recipe(
        "order",
        ("WorkOrder",),
        r"<workorder>",
        f"{_ORDER_WORDS} about detail* say* status statut technician technicien opened closed done did open"
        f" ouvert* worked qui",
        "MATCH (w:WorkOrder {id: $workorder})-[:ON]->(a:Asset)",
        f"{_ORDER_ROWS}, a.id AS asset, w.technician AS technician",
        "",
        "work order {workorder}",
        "ordre de travail {workorder}",
    ),
    Recipe(
        "sensors_on",
        ("Asset",),
        r"\b(sensors?|tags?|instruments?|instrumentation|transmitters?|capteurs?|measured|mesures?|mesuree?s?)\b",
        "sensor* tag* instrument* instrumentation transmitter* capteur* measur* mesur* sit* mounted installed install*"
        " monte* attach*",
        "MATCH (s:Sensor)-[:MEASURES]->(a:Asset {id: $asset})",
        "s.id AS tag, s.description AS description, s.unit AS unit ORDER BY tag",
        "s",
        "sensors on {asset}",
        "capteurs sur {asset}",
    ),
    Recipe(
        "asset_of_sensor",
        ("Sensor",),
        r"(where|which (asset|equipment|machine)|what (asset|equipment|machine)|measure|ou (est|se)"
        r"|quel equipement|mesure)",
        "asset* equipment* machine* measur* mesur* equipement* trouve sit* mounted monte* located install*"
        " sensor* capteur*",
        "MATCH (s:Sensor {id: $sensor})-[:MEASURES]->(a:Asset)",
        "a.id AS asset, a.name AS name, s.description AS description, s.unit AS unit",
        "",
        "what {sensor} measures and where",
        "ce que mesure {sensor} et où",
    ),
    Recipe(
        "isolate",
        ("Asset",),
        r"(isolat|isoler|isole|lock ?out|consign|shut off|couper)",
        "isolat* isole* lock* out lockout consign* shut off couper work* working before travail* avant must"
        " should need* faut"
        " doit dois maintain* service* repair* intervenir open* ouvrir upstream downstream",
        "MATCH (a:Asset {id: $asset})-[:FEEDS]-(b:Asset)",
        "DISTINCT b.id AS asset, b.name AS name, CASE WHEN EXISTS { (b)-[:FEEDS]->(a) } THEN 'feeds it' ELSE"
        " 'is fed by it' END"
        " AS side ORDER BY side, asset",
        "b",
        "equipment directly connected to {asset}, to isolate before working on it",
        "équipements raccordés directement à {asset}, à isoler avant d'y travailler",
    ),
    Recipe(
        "upstream_of",
        ("Asset",),
        r"(upstream|en amont|amont)",
        "upstream amont asset* equipment* equipement* machine* everything ce",
        "MATCH p = (b:Asset)-[:FEEDS*1..8]->(a:Asset {id: $asset}) WHERE b.id <> a.id",
        "b.id AS asset, b.name AS name, min(length(p)) AS distance ORDER BY distance, asset",
        "b",
        "equipment upstream of {asset}",
        "équipements en amont de {asset}",
    ),
    Recipe(
        "downstream_of",
        ("Asset",),
        r"(downstream|en aval|aval|depends? on|depend de)",
        "downstream aval depend* asset* equipment* equipement* machine* everything ce",
        "MATCH p = (a:Asset {id: $asset})-[:FEEDS*1..8]->(b:Asset) WHERE b.id <> a.id",
        "b.id AS asset, b.name AS name, min(length(p)) AS distance ORDER BY distance, asset",
        "b",
        "equipment downstream of {asset}",
        "équipements en aval de {asset}",
    ),
    Recipe(
        "fed_by",
        ("Asset",),
        r"\b(feeds?|supply|supplies) <asset>$|<asset> (is )?(fed|supplied) (by|from)|(fed|supplied) (by|from) what"
        r"|qui alimente(nt)? <asset>|(equipements|machines|appareils) alimentent <asset>|alimentee? par quoi"
        r"|<asset> est(-elle|-il)? alimentee? par",
        "feed* supply supplies supplied alimente* fed asset* equipment* machine* equipement* appareil*",
        "MATCH (b:Asset)-[:FEEDS]->(a:Asset {id: $asset})",
        "b.id AS asset, b.name AS name, b.kind AS kind ORDER BY asset",
        "b",
        "equipment that feeds {asset}",
        "équipements qui alimentent {asset}",
    ),
    Recipe(
        "feeds",
        ("Asset",),
        r"(does|do) <asset> (feed|supply)|(is|are) (fed|supplied) (by|from) <asset>|^<asset> (feeds|supplies) what"
        r"|alimentee?s? par <asset>|^(qu|que) alimente <asset>|qu est-ce qu(e| )*<asset> alimente"
        r"|<asset> alimente quoi",
        "feed* supply supplies supplied alimente* fed asset* equipment* machine* equipement* appareil*",
        "MATCH (a:Asset {id: $asset})-[:FEEDS]->(b:Asset)",
        "b.id AS asset, b.name AS name, b.kind AS kind ORDER BY asset",
        "b",
        "equipment fed by {asset}",
        "équipements alimentés par {asset}",
    ),
    Recipe(
        "manuals_of",
        ("Asset",),
        r"\b(manuals?|manuels?|documents?|documentation|notices?|handbook)\b",
        "manual* manuel* document* documentation notice* handbook describe* decrit* cover* file* fichier*",
        "MATCH (m:Manual)-[:DESCRIBES]->(a:Asset {id: $asset})",
        "m.name AS manual, m.id AS id, m.file AS file ORDER BY manual",
        "m",
        "manuals of {asset}",
        "manuels de {asset}",
    ),
    Recipe(
        "same_model",
        ("Asset",),
        r"(same model|same type|identical|meme modele|meme type|identique)",
        "same model* type* identical other* else elsewhere asset* equipment* pump* pompe* meme* modele*"
        " identique* autre*"
        " ailleurs equipement* machine*",
        "MATCH (a:Asset {id: $asset}) MATCH (b:Asset) WHERE b.model = a.model AND b.id <> a.id",
        "b.id AS asset, b.name AS name, b.model AS model ORDER BY asset",
        "b",
        "other equipment of the same model as {asset}",
        "autres équipements du même modèle que {asset}",
    ),
    Recipe(
        "area_of",
        ("Asset",),
        r"(which|what|quelle|quel) (area|zone|unit|unite|part of the plant)|^(where is|ou est|ou se trouve) <asset>$",
        "area* zone* unit* unite* plant usine located situe* trouve part",
        "MATCH (a:Asset {id: $asset})-[:PART_OF]->(r:Area)",
        "r.id AS area, r.name AS name",
        "",
        "area of {asset}",
        "zone de {asset}",
    ),
    Recipe(
        "make_of",
        ("Asset",),
        r"\b(model|maker|manufacturer|made|makes|brand|installed|installation|kind|type|modele|fabricant"
        r"|constructeur|marque"
        r"|installee?|fabrique)\b",
        "model maker manufacturer made makes brand installed installation kind type date year old modele"
        " fabricant constructeur"
        " marque installe* fabrique annee",
        "MATCH (a:Asset {id: $asset})",
        "a.id AS asset, a.kind AS kind, a.model AS model, a.maker AS maker, a.installed AS installed",
        "",
        "kind, model, maker and installation date of {asset}",
        "type, modèle, fabricant et date d'installation de {asset}",
    ),
    Recipe(
        "kind_in_area",
        ("Area",),
        r"<kind>",
        "",
        "MATCH (a:Asset)-[:PART_OF]->(r:Area {id: $area}) WHERE a.kind = $kind",
        "a.id AS asset, a.name AS name, a.model AS model ORDER BY asset",
        "a",
        "{kind}s in {area}",
        "{kind} dans {area}",
        kinds=True,
    ),
    Recipe(
        "assets_in",
        ("Area",),
        r"\b(assets?|equipments?|machines?|equipements?|components?|appareils?)\b|^(what is|what s|whats) (in"
        r"|on) <area>$",
        "asset* equipment* machine* equipement* component* appareil* make* up",
        "MATCH (a:Asset)-[:PART_OF]->(r:Area {id: $area})",
        "a.id AS asset, a.name AS name, a.kind AS kind ORDER BY asset",
        "a",
        "equipment in {area}",
        "équipements dans {area}",
    ),
    Recipe(
        "assets_of_kind",
        (),
        r"<kind>",
        "plant usine",
        "MATCH (a:Asset) WHERE a.kind = $kind",
        "a.id AS asset, a.name AS name, a.model AS model ORDER BY asset",
        "a",
        "{kind}s of the plant",
        "{kind} de l'usine",
        kinds=True,
    ),
    Recipe(
        "stock_of",
        ("Part",),
        r"\b(stock|left|available|disponibles?|reste|restent)\b",
        "stock left available disponible* reste* have",
        "MATCH (p:Part {id: $part})",
        "p.name AS part, p.id AS id, p.number AS number, p.stock AS stock",
        "",
        "stock of {part}",
        "stock de {part}",
    ),
)
