"""The recipes themselves: the sentences they answer, in English and French, and the Cypher that answers.

A sentence is a linked question (`tools.graph.entities.Linked.text`): lower case, no accents, mentions as
`<asset>`; it is matched as a whole by a phrase (`tools.graph.cookbook_phrases`). Columns are named in each query;
rows that are nodes have their id among them.
"""

from __future__ import annotations

from typing import Final

import msgspec

VOCABULARY: Final[dict[str, str]] = {
    "which": "[what are|which are|what is|which is|what s|whats|what|which] [a list of|list of] [all|all of] [the]",
    "quels": "[quels sont|quelles sont|quel est|quelle est|quels|quelles|quel|quelle|liste des|liste] [tous|toutes]"
    " [les|le|la|l|des|de|d]",
    "are": "[is|are|is there|are there|do we have|sit|sits|there are]",
    "sont": "[est|sont|se trouve|se trouvent|y a t il|il y a|avons nous|a t on]",
    "on": "(on|of|at|for|mounted on|installed on|fitted to|attached to|belonging to)",
    "sur": "(sur|de|d|du|pour|a|installe sur|installes sur|monte sur|montes sur)",
    "sensors": "(sensor|sensors|tag|tags|instrument|instruments|transmitter|transmitters)",
    "capteurs": "(capteur|capteurs|instrument|instruments|transmetteur|transmetteurs)",
    "orders": "(work order|work orders|workorder|workorders|wo|wos|order|orders|job|jobs|intervention|interventions)",
    "ordres": "(ordre de travail|ordres de travail|bon de travail|bons de travail|ordre|ordres|ot|ots|intervention"
    "|interventions)",
    "open": "(open|still open|outstanding)",
    "ouverts": "(ouvert|ouverts|ouverte|ouvertes|encore ouvert|encore ouverts|encore ouvertes)",
    "closed": "(closed|finished)",
    "clos": "(clos|close|closes|ferme|fermes|fermee|fermees|cloture|clotures|termine|termines)",
    "equipment": "(equipment|asset|assets|machine|machines|thing|things)",
    "equipements": "(equipement|equipements|machine|machines|appareil|appareils)",
    "parts": "(part|parts|spare|spares|spare part|spare parts)",
    "pieces": "(piece|pieces|piece de rechange|pieces de rechange|rechange|rechanges)",
    "faults": "(failure mode|failure modes|fault|faults|fault code|fault codes|failure code|failure codes"
    "|possible fault|possible faults|possible failure|possible failures)",
    "pannes": "(mode de defaillance|modes de defaillance|defaut possible|defauts possibles|panne possible"
    "|pannes possibles|defaillance possible|defaillances possibles|code de defaut|codes de defaut|code defaut"
    "|codes defaut)",
    "manuals": "(manual|manuals|document|documents|documentation|handbook)",
    "manuels": "(manuel|manuels|document|documents|documentation|notice|notices)",
    "last": "(last|latest|most recent)",
    "dernier": "(dernier|derniere|derniers|dernieres)",
    "working": "(working|we work|i work|work|doing maintenance|maintenance|servicing|opening|a repair|repairing)",
    "travailler": "(travailler|intervenir|une intervention|des travaux|la maintenance|maintenance|ouvrir|reparer)",
    "before": "(before|for|to|when|prior to)",
    "avant": "(avant|avant de|avant d|pour)",
    "isolate": "(isolate|shut off|lock out)",
    "isoler": "(isoler|consigner|couper)",
    "faut": "((que|qu|quoi) (faut il|dois je|devons nous|doit on)|qu est ce (qu il faut|que je dois|qu on doit))",
    "failure": "(a failure|a fault|failures|faults)",
    "panne": "(une panne|une defaillance|un defaut|les pannes|les defaillances)",
    "must": "(must|should|do|can|shall|have to|need to)",
    "stops": "(stops|fails|trips|goes down|is stopped|is shut down|is off|is lost)",
    "would": "[would|will|could]",
    "fail": "(fail|fails|stop|stops|go down|goes down|trip|trips|be lost|is lost)",
    "montrent": "(montre|montrent|montreraient|detecte|detectent|detecteraient|revele|revelent|reveleraient)",
    "arrete": "(s arrete|s arreterait|tombe en panne|tombe|est arrete|est arretee|est a l arret|est en panne)",
}
"""What a phrase's `{name}` stands for."""

POLITE: Final = (
    "[please|svp|stp] [can you|could you|would you|i need|i want|peux tu|pouvez vous|je veux|je voudrais]"
    " [please|show|list|give|tell|find|display|montre|montrez|donne|donnez|liste|listez|affiche|affichez|indique"
    "|dis] [me|us|moi|nous]"
)
"""What may stand before any sentence."""

THANKS: Final = "[please|thanks|thank you|svp|stp|merci|s il vous plait|s il te plait]"
"""What may stand after any sentence."""

COUNTING: Final = (
    "(how many|number of|the number of|what is the number of|count|count of|combien de|combien d|combien y a t il de"
    "|combien y a t il d|nombre de|nombre d|quel est le nombre de|quel est le nombre d) [the|all|all the]"
)
"""What makes a count of a sentence."""


class Recipe(msgspec.Struct, frozen=True):
    """One question.

    Attributes:
        name: What it is called in the evidence.
        needs: Labels of the entities it is about, in order; their ids become `$asset`, `$area`, ...
        asks: The phrases that ask it.
        example: One of its questions in English, `{asset}` for ids.
        exemple: One in French.
        match: The Cypher up to RETURN.
        returns: What it returns, with ORDER BY.
        counted: What is counted when the question asks how many; empty where counting makes no sense, or has two
            (how many kinds of part, or how many pieces).
        english: The question as a noun phrase, `{asset}` for ids.
        french: The same in French.
        fuller: Another `match` and `returns`, with what not every plant has; used where the graph has it.
    """

    name: str
    needs: tuple[str, ...]
    asks: tuple[str, ...]
    example: str
    exemple: str
    match: str
    returns: str
    counted: str
    english: str
    french: str
    fuller: tuple[str, str] | None = None

    def query(self, *, counting: bool = False) -> str:
        """Returns its Cypher, or the Cypher that counts."""
        end = f"count(DISTINCT {self.counted}) AS count" if counting else self.returns
        return f"{self.match} RETURN {end}"


ORDER_ROWS: Final = "w.id AS order, w.title AS title, w.status AS status, w.opened AS opened, w.closed AS closed"
OPEN_ROWS: Final = "w.id AS order, w.title AS title, w.opened AS opened, w.technician AS technician"

COMMON: Final[tuple[Recipe, ...]] = (
    Recipe(
        "sensors_on",
        ("Asset",),
        (
            "{which} {sensors} {are} {on} <asset>",
            "{which} {sensors} (does|do) <asset> have",
            "{which} {sensors} (measure|measures|monitor|monitors) <asset>",
            "{sensors} <asset>",
            "<asset> {sensors}",
            "{quels} {capteurs} {sont} {sur} <asset>",
            "{quels} {capteurs} (a|mesure|mesurent|surveille|surveillent) <asset>",
            "{capteurs} <asset>",
        ),
        "which sensors are on {asset}?",
        "quels capteurs sont sur {asset} ?",
        "MATCH (s:Sensor)-[:MEASURES]->(a:Asset {id: $asset})",
        "s.id AS tag, s.description AS description, s.unit AS unit ORDER BY tag",
        "s",
        "sensors on {asset}",
        "capteurs sur {asset}",
    ),
    Recipe(
        "asset_of_sensor",
        ("Sensor",),
        (
            "where (is|s) <sensor> [mounted|installed|located|fitted]",
            "what (does|do) <sensor> measure",
            "(which|what) {equipment} (is <sensor> on|does <sensor> measure|has <sensor>)",
            "(ou est|ou se trouve) <sensor>",
            "(que|qu est ce que) [mesure] <sensor>",
            "sur (quel|quelle) {equipements} (est|se trouve|est monte) <sensor>",
        ),
        "what does {sensor} measure?",
        "que mesure {sensor} ?",
        "MATCH (s:Sensor {id: $sensor})-[:MEASURES]->(a:Asset)",
        "a.id AS asset, a.name AS name, s.description AS description, s.unit AS unit",
        "",
        "what {sensor} measures and where",
        "ce que mesure {sensor} et où",
    ),
    Recipe(
        "fed_by",
        ("Asset",),
        (
            "what (feeds|supplies) <asset>",
            "(which|what) {equipment} (feed|feeds|supply|supplies) <asset>",
            "what is <asset> (fed|supplied) by",
            "<asset> is (fed|supplied) by what",
            "(qu est ce qui|qui|quoi) alimente <asset>",
            "(quels|quelles|quel|quelle) {equipements} (alimente|alimentent) <asset>",
            "par quoi est (alimente|alimentee) <asset>",
            "<asset> est [elle|il] (alimente|alimentee) par quoi",
        ),
        "what feeds {asset}?",
        "qu'est-ce qui alimente {asset} ?",
        "MATCH (b:Asset)-[:FEEDS]->(a:Asset {id: $asset})",
        "DISTINCT b.id AS asset, b.name AS name, b.kind AS kind ORDER BY asset",
        "b",
        "equipment that feeds {asset}",
        "équipements qui alimentent {asset}",
    ),
    Recipe(
        "feeds",
        ("Asset",),
        (
            "what does <asset> (feed|supply)",
            "(which|what) {equipment} does <asset> (feed|supply)",
            "what is (fed|supplied) by <asset>",
            "{which} {equipment} [is|are] (fed|supplied) by <asset>",
            "(qu|que|qu est ce qu) alimente <asset>",
            "qu est ce que <asset> alimente",
            "<asset> alimente quoi",
            "{quels} {equipements} [est|sont] (alimente|alimentee|alimentes|alimentees) par <asset>",
        ),
        "what does {asset} feed?",
        "qu'alimente {asset} ?",
        "MATCH (a:Asset {id: $asset})-[:FEEDS]->(b:Asset)",
        "DISTINCT b.id AS asset, b.name AS name, b.kind AS kind ORDER BY asset",
        "b",
        "equipment fed by {asset}",
        "équipements alimentés par {asset}",
    ),
    Recipe(
        "failure_mode",
        ("FailureMode",),
        (
            "what does <failuremode> (mean|stand for)",
            "what (is|s) <failuremode>",
            "meaning of <failuremode>",
            "(que|qu est ce que) (signifie|veut dire) <failuremode>",
            "(c est quoi|qu est ce que) <failuremode>",
        ),
        "what does {failuremode} mean?",
        "que signifie {failuremode} ?",
        "MATCH (f:FailureMode {id: $failuremode})",
        "f.code AS code, f.name AS failure, f.effect AS effect, f.id AS id",
        "",
        "failure mode {failuremode}",
        "mode de défaillance {failuremode}",
    ),
    Recipe(
        "failure_modes_of",
        ("Asset",),
        (
            "{which} {faults} (of|for|on|affect|affects|can affect|are there on) <asset>",
            "{which} {faults} (does|do|can) <asset> have",
            "what can go wrong (with|on|at) <asset>",
            "how can <asset> fail",
            "{quels} {pannes} (de|d|du|sur|pour|a|touchent|affectent|peuvent toucher|peuvent affecter) <asset>",
            "{quels} {pannes} peut avoir <asset>",
        ),
        "which failure modes affect {asset}?",
        "modes de défaillance de {asset}",
        "MATCH (f:FailureMode)-[:AFFECTS]->(a:Asset {id: $asset})",
        "f.code AS code, f.name AS failure, f.effect AS effect, f.id AS id ORDER BY code",
        "f",
        "failure modes of {asset}",
        "modes de défaillance de {asset}",
    ),
    Recipe(
        "affected_by",
        ("FailureMode",),
        (
            "(what|which {equipment}|what {equipment}) (does|do|can) <failuremode> affect",
            "what is affected by <failuremode>",
            "{which} {equipment} [is|are] affected by <failuremode>",
            "(que|qu est ce que) (touche|affecte|concerne) <failuremode>",
            "{quels} {equipements} [est|sont] (touches|touche|affectes|affecte|concernes|concerne) par <failuremode>",
        ),
        "which assets are affected by {failuremode}?",
        "quels équipements sont touchés par {failuremode} ?",
        "MATCH (f:FailureMode {id: $failuremode})-[:AFFECTS]->(a:Asset)",
        "a.id AS asset, a.name AS name, f.code AS code ORDER BY asset",
        "a",
        "equipment affected by {failuremode}",
        "équipements touchés par {failuremode}",
    ),
    Recipe(
        "part_that_fixes",
        ("FailureMode",),
        (
            "{which} {parts} (fix|fixes|repair|repairs|solve|solves|remedy|remedies) <failuremode>",
            "{which} {parts} (do i need|do we need|is needed|are needed) (for|to fix|to repair) <failuremode>",
            "{which} {parts} (for|to fix|to repair|fixing|that fix) <failuremode>",
            "{quels} {pieces} (repare|reparent|corrige|corrigent|resout|resolvent) <failuremode>",
            "{quels} {pieces} [faut il] (pour|pour reparer|pour corriger) <failuremode>",
        ),
        "which parts fix {failuremode}?",
        "quelles pièces réparent {failuremode} ?",
        "MATCH (p:Part)-[:FIXES]->(f:FailureMode {id: $failuremode})",
        "p.name AS part, p.number AS number, p.stock AS stock, f.code AS code, p.id AS id ORDER BY part",
        "p",
        "parts that fix {failuremode}",
        "pièces qui réparent {failuremode}",
    ),
    Recipe(
        "sensor_that_detects",
        ("FailureMode",),
        (
            "{which} {sensors} [that|can|would] (detect|detects|show|shows|see|sees) <failuremode>",
            "<failuremode> is detected by (which|what) {sensors}",
            "{quels} {capteurs} [qui|peut|peuvent] (detecte|detectent|detecter|montre|montrent|montrer) <failuremode>",
            "par (quel|quels) {capteurs} est (detecte|detectee) <failuremode>",
        ),
        "which sensors detect {failuremode}?",
        "quels capteurs détectent {failuremode} ?",
        "MATCH (f:FailureMode {id: $failuremode})-[:DETECTED_BY]->(s:Sensor)",
        "s.id AS tag, s.description AS description, s.unit AS unit ORDER BY tag",
        "s",
        "sensors that detect {failuremode}",
        "capteurs qui détectent {failuremode}",
    ),
    Recipe(
        "parts_used_on",
        ("Asset",),
        (
            "{which} {parts} [were|was|have been|has been] (used|changed|replaced) on <asset>",
            "{which} {parts} (have we|did we) (used|use|changed|change|replaced|replace) on <asset>",
            "{quels} {pieces} [ont ete|a ete] (utilisee|utilisees|changee|changees|remplacee|remplacees) sur <asset>",
        ),
        "which parts were used on {asset}?",
        "quelles pièces ont été utilisées sur {asset} ?",
        "MATCH (a:Asset {id: $asset})<-[:ON]-(w:WorkOrder)-[:USED]->(p:Part)",
        "p.name AS part, p.number AS number, count(DISTINCT w) AS orders, max(w.opened) AS last, p.id AS id"
        " ORDER BY last DESC, part",
        "",
        "parts used on {asset}, with the number of work orders and the last of them",
        "pièces utilisées sur {asset}, avec le nombre d'ordres de travail et le dernier",
    ),
    Recipe(
        "parts_of",
        ("Asset",),
        (
            "{which} {parts} {are} (of|for|in|on) <asset>",
            "{which} {parts} (fit|fits|go into|belong to|belongs to) <asset>",
            "{which} {parts} (does|do) <asset> (have|need)",
            "{parts} <asset>",
            "<asset> {parts}",
            "{quels} {pieces} {sont} (de|d|du|pour|sur|dans) <asset>",
            "{quels} {pieces} a <asset>",
            "{pieces} <asset>",
        ),
        "which spare parts are there for {asset}?",
        "pièces de rechange pour {asset}",
        "MATCH (a:Asset {id: $asset})-[:HAS_PART]->(p:Part)",
        "p.name AS part, p.number AS number, p.stock AS stock, p.id AS id ORDER BY part",
        "",
        "parts of {asset}",
        "pièces de {asset}",
    ),
    Recipe(
        "stock_of",
        ("Part",),
        (
            "[what is] [the] stock of <part>",
            "how many <part> (do we have|are there|are left|are in stock) [in stock|left]",
            "[quel est] [le] stock de <part>",
            "combien (de|d) <part> (avons nous|reste t il|restent|y a t il) [en stock]",
            "combien reste t il (de|d) <part> [en stock]",
        ),
        "stock of {part}",
        "stock de {part}",
        "MATCH (p:Part {id: $part})",
        "p.name AS part, p.number AS number, p.stock AS stock, p.id AS id",
        "",
        "stock of {part}",
        "stock de {part}",
    ),
    Recipe(
        "manuals_of",
        ("Asset",),
        (
            "{which} {manuals} {are} (describe|describes|cover|covers|of|for|about|on) <asset>",
            "{manuals} <asset>",
            "<asset> {manuals}",
            "{quels} {manuels} {sont} (decrit|decrivent|concerne|concernent|de|d|du|pour|sur) <asset>",
            "{manuels} <asset>",
        ),
        "which manual describes {asset}?",
        "manuels de {asset}",
        "MATCH (m:Manual)-[:DESCRIBES]->(a:Asset {id: $asset})",
        "m.name AS manual, m.file AS file, m.id AS id ORDER BY manual",
        "m",
        "manuals of {asset}",
        "manuels de {asset}",
    ),
    Recipe(
        "area_of",
        ("Asset",),
        (
            "where (is|s) <asset> [located|installed]",
            "(which|what) area (is <asset> in|does <asset> belong to)",
            "in (which|what) area is <asset>",
            "[what is] [the] area of <asset>",
            "(ou est|ou se trouve) <asset>",
            "dans quelle zone (est|se trouve) <asset>",
            "[quelle est] [la] zone de <asset>",
        ),
        "which area is {asset} in?",
        "dans quelle zone est {asset} ?",
        "MATCH (a:Asset {id: $asset})-[:PART_OF]->(r:Area)",
        "r.id AS area, r.name AS name",
        "",
        "area of {asset}",
        "zone de {asset}",
    ),
    Recipe(
        "make_of",
        ("Asset",),
        (
            "[what is|whats|which is] [the] (model|maker|manufacturer|kind|installation date) of <asset>",
            "(what|which) (model|kind) is <asset>",
            "who (makes|made|manufactured) <asset>",
            "when was <asset> installed",
            "(quel est|quelle est) (le|la|l) (modele|fabricant|type|date d installation) de <asset>",
            "(modele|fabricant|date d installation) de <asset>",
            "qui (fabrique|a fabrique) <asset>",
            "quand <asset> (a t il|a t elle) ete (installe|installee)",
            "quand a ete (installe|installee) <asset>",
        ),
        "what is the model of {asset}?",
        "quel est le modèle de {asset} ?",
        "MATCH (a:Asset {id: $asset})",
        "a.id AS asset, a.kind AS kind, a.model AS model, a.maker AS maker, a.installed AS installed",
        "",
        "kind, model, maker and installation date of {asset}",
        "type, modèle, fabricant et date d'installation de {asset}",
    ),
    Recipe(
        "assets_in",
        ("Area",),
        (
            "{which} {equipment} {are} (in|of|part of) <area>",
            "what (is|s) in <area>",
            "everything in <area>",
            "{quels} {equipements} {sont} (dans|de|du) <area>",
            "(qu y a t il|tout ce qui est) dans <area>",
        ),
        "which equipment is in {area}?",
        "quels équipements sont dans {area} ?",
        "MATCH (a:Asset)-[:PART_OF]->(r:Area {id: $area})",
        "a.id AS asset, a.name AS name, a.kind AS kind ORDER BY asset",
        "a",
        "equipment in {area}",
        "équipements dans {area}",
    ),
    Recipe(
        "open_orders",
        (),
        (
            "{which} {open} {orders} [are there|do we have]",
            "{which} {orders} are {open}",
            "{quels} {ordres} [sont] {ouverts} [y a t il|avons nous]",
        ),
        "which work orders are open?",
        "quels ordres de travail sont ouverts ?",
        "MATCH (w:WorkOrder) WHERE w.status = 'open' OPTIONAL MATCH (w)-[:ON]->(a:Asset)",
        "w.id AS order, a.id AS asset, w.title AS title, w.opened AS opened ORDER BY opened DESC, w.id",
        "w",
        "open work orders",
        "ordres de travail ouverts",
    ),
    Recipe(
        "open_orders_on",
        ("Asset",),
        (
            "{which} {open} {orders} {are} {on} <asset>",
            "{which} {orders} (is|are) {open} {on} <asset>",
            "{which} {orders} {on} <asset> (is|are) {open}",
            "{open} {orders} <asset>",
            "<asset> {open} {orders}",
            "{quels} {ordres} [est|sont] {ouverts} {sont} {sur} <asset>",
            "{quels} {ordres} {sur} <asset> (est|sont) {ouverts}",
            "{ordres} {ouverts} <asset>",
        ),
        "which work orders are open on {asset}?",
        "ordres de travail ouverts sur {asset}",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset}) WHERE w.status = 'open'",
        f"{OPEN_ROWS} ORDER BY opened DESC, w.id",
        "w",
        "open work orders on {asset}",
        "ordres de travail ouverts sur {asset}",
    ),
    Recipe(
        "closed_orders_on",
        ("Asset",),
        (
            "{which} {closed} {orders} {are} {on} <asset>",
            "{which} {orders} (is|are) {closed} {on} <asset>",
            "{which} {orders} {on} <asset> (is|are) {closed}",
            "{closed} {orders} <asset>",
            "{quels} {ordres} [est|sont] {clos} {sont} {sur} <asset>",
            "{quels} {ordres} {sur} <asset> (est|sont) {clos}",
        ),
        "which work orders are closed on {asset}?",
        "ordres de travail clos sur {asset}",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset}) WHERE w.status = 'closed'",
        "w.id AS order, w.title AS title, w.opened AS opened, w.closed AS closed ORDER BY opened DESC, w.id",
        "w",
        "closed work orders on {asset}",
        "ordres de travail clos sur {asset}",
    ),
    Recipe(
        "orders_on",
        ("Asset",),
        (
            "{which} {orders} {are} {on} <asset>",
            "{orders} <asset>",
            "<asset> {orders}",
            "[the] (maintenance|work order) history of <asset>",
            "{quels} {ordres} {sont} {sur} <asset>",
            "{ordres} <asset>",
            "[l] historique de maintenance de <asset>",
        ),
        "which work orders are there on {asset}?",
        "ordres de travail sur {asset}",
        "MATCH (w:WorkOrder)-[:ON]->(a:Asset {id: $asset})",
        f"{ORDER_ROWS} ORDER BY opened DESC, w.id",
        "w",
        "work orders on {asset}",
        "ordres de travail sur {asset}",
    ),
    Recipe(
        "order",
        ("WorkOrder",),
        (
            "what (is|s) <workorder> [about]",
            "[the] details of <workorder>",
            "[the] status of <workorder>",
            "(qu est ce que|c est quoi) <workorder>",
            "[le] (detail|details|statut) de <workorder>",
        ),
        "what is {workorder} about?",
        "détails de {workorder}",
        "MATCH (w:WorkOrder {id: $workorder}) OPTIONAL MATCH (w)-[:ON]->(a:Asset)",
        f"{ORDER_ROWS}, a.id AS asset, w.technician AS technician",
        "",
        "work order {workorder}",
        "ordre de travail {workorder}",
    ),
)
