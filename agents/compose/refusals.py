"""Refusals in French: each reason's own sentence, with the names and figures of the tool's English one."""

from __future__ import annotations

import re

from plant.facts import RefusalCode

_GENERAL: dict[RefusalCode, tuple[str, str]] = {
    RefusalCode.AMBIGUOUS: ("La question peut vouloir dire plusieurs choses.", "Précisez laquelle."),
    RefusalCode.NOT_UNDERSTOOD: (
        "La question n'est pas comprise.",
        "Demandez par exemple : TT-02 est-il anormal aujourd'hui ?",
    ),
    RefusalCode.NOT_FOUND: ("Rien n'a été trouvé.", ""),
    RefusalCode.UNKNOWN_TAG: ("Ce capteur n'est pas connu.", "La liste des capteurs les montre tous."),
    RefusalCode.UNKNOWN_ENTITY: ("Cet équipement n'est pas connu.", ""),
    RefusalCode.NO_DATA: ("Il n'y a pas de données pour cela.", ""),
    RefusalCode.TOO_SHORT: ("L'historique est trop court.", "Attendez d'autres mesures, ou demandez moins loin."),
    RefusalCode.TOO_MANY_GAPS: ("L'historique a trop de trous.", "Regardez la qualité du capteur."),
    RefusalCode.CONSTANT: ("La mesure n'a jamais varié : il n'y a rien à prévoir.", ""),
    RefusalCode.STUCK: ("La mesure ne bouge plus : le capteur semble figé.", "Vérifiez le capteur."),
    RefusalCode.STALE: ("Le capteur n'envoie plus rien.", "Vérifiez le capteur et sa ligne."),
    RefusalCode.NOTHING_BEATS_NAIVE: (
        "Aucune méthode n'en dit plus que l'historique lui-même.",
        "Demandez moins loin, ou attendez d'autres mesures.",
    ),
    RefusalCode.COVERAGE_BELOW_TARGET: (
        "La bande de prévision n'a pas tenu sur le passé : le procédé a changé.",
        "Demandez moins loin, ou attendez d'autres mesures.",
    ),
    RefusalCode.HORIZON_TOO_LONG: (
        "C'est trop loin pour être vérifié sur l'historique.",
        "Demandez un horizon plus court.",
    ),
    RefusalCode.UNSAFE_QUERY: ("La requête n'est pas sûre : elle ne ferait pas que lire.", ""),
    RefusalCode.INVALID_QUERY: ("La requête n'est pas valable.", ""),
    RefusalCode.TIMED_OUT: ("Cela a pris trop de temps.", "Posez une question plus étroite."),
    RefusalCode.UNGROUNDED: (
        "La réponse contenait ce qu'aucune source ne montre ; elle n'est donc pas montrée.",
        "Les sources trouvées peuvent être ouvertes ; signalez la question.",
    ),
    RefusalCode.UNAVAILABLE: ("Un service ne répond pas.", "« millhand doctor » dit lequel."),
    RefusalCode.OUT_OF_SCOPE: (
        "millhand répond aux questions sur cette installation et n'agit jamais sur elle.",
        "Demandez une mesure, un équipement, une alerte ou un code de défaut ; « aide » en dit plus.",
    ),
    RefusalCode.CANCELLED: ("La question a été abandonnée.", ""),
}
"""What is said, and what would help, where no template knows the case."""

_CASES: tuple[tuple[RefusalCode, str, str], ...] = (
    (RefusalCode.UNKNOWN_TAG, r'There is no tag(?: or asset)? ["\']?(.+?)["\']?\.',
     "Il n'y a ni capteur ni équipement « {} »."),
    (RefusalCode.UNKNOWN_ENTITY, r"There is no (.+) in the plant graph\.",
     "« {} » n'est pas dans le graphe de l'installation."),
    (RefusalCode.AMBIGUOUS, r"(.+) may be any of (.+)\.", "« {} » peut être : {}."),
    (RefusalCode.AMBIGUOUS, r"The question can be read in two ways\.", "La question peut se lire de deux façons."),
    (
        RefusalCode.AMBIGUOUS,
        r"It is not sure that the question was understood\.",
        "Il n'est pas sûr que la question ait été comprise.",
    ),
    (RefusalCode.NO_DATA, r"(\S+) has no readings yet\.", "{} n'a encore aucune mesure."),
    (RefusalCode.NO_DATA, r"(\S+) has no good reading from (\S+) to (\S+): the newest before is of (\S+)\.",
     "{} n'a aucune mesure valable de {} à {} ; la dernière est de {}."),
    (RefusalCode.NO_DATA, r"(\S+) has no good reading from (\S+) to (\S+)\.",
     "{} n'a aucune mesure valable de {} à {}."),
    (RefusalCode.NO_DATA, r"There are no readings since (\S+): the newest is of (\S+)\.",
     "Il n'y a pas de mesures depuis {} : la dernière est de {}."),
    (RefusalCode.NO_DATA, r"The span from (\S+) to (\S+) is empty\.", "La période de {} à {} est vide."),
    (RefusalCode.NO_DATA, r"(\S+) has no readings from (\S+) to (\S+)\.", "{} n'a aucune mesure de {} à {}."),
    (RefusalCode.TOO_SHORT, r"There are less than (\d+) h of good readings of (\S+) before .*",
     "Il y a moins de {} h de mesures valables de {} avant cette période pour comparer."),
    (RefusalCode.TOO_SHORT, r"(\S+) has (\d+) steps with a value; a forecast needs (\d+)\.",
     "{} a {} pas avec une valeur ; une prévision en demande {}."),
    (RefusalCode.TOO_SHORT, r"(\S+) has a single reading so far; .*",
     "{} n'a encore qu'une seule mesure ; une prévision demande un historique."),
    (RefusalCode.TOO_SHORT, r"(\S+) began to move after (\S+); .*",
     "{} n'a commencé à varier qu'après {} : l'historique est trop court."),
    (RefusalCode.NO_DATA, r"The values of (\S+) are too large or .*",
     "Les valeurs de {} sont trop grandes ou trop proches pour être calculées."),
    (RefusalCode.CONSTANT, r"(\S+) has not moved for (.+?): what .*",
     "{} n'a pas bougé depuis {} : on ne peut pas dire ce qui serait anormal."),
    (RefusalCode.CONSTANT, r"(\S+) has had the same value .*", "{} n'a jamais varié : il n'y a rien à prévoir."),
    (RefusalCode.TOO_MANY_GAPS, r"(\d+) % of the history of (\S+) is missing; at most (\d+) % may be\.",
     "Il manque {} % de l'historique de {} ; {} % au plus peuvent manquer."),
    (RefusalCode.STUCK, r"(\S+) has not moved for (.+?), which .*",
     "{} n'a pas bougé depuis {}, ce qui est inhabituel : il semble figé."),
    (RefusalCode.STALE, r"(\S+) has given no good reading for (.+?), while .*",
     "{} n'a rien donné de valable depuis {}, alors que les autres continuent."),
    (RefusalCode.NOT_UNDERSTOOD, r"The question is not one that the plant graph is known to answer\.",
     "Le graphe de l'installation ne sait pas répondre à cette question."),
    (RefusalCode.NOT_UNDERSTOOD, r"The plant graph has no word for (.+)\.",
     "Le graphe de l'installation n'a pas de mot pour {}."),
    (RefusalCode.NO_DATA, r"The plant graph has no work orders\.",
     "Le graphe de l'installation n'a pas d'ordres de travail."),
    (RefusalCode.NO_DATA, r"There are no work orders of (\S+)(?: in that time)?\.",
     "Il n'y a pas d'ordres de travail de {} pour cela."),
    (RefusalCode.NOT_FOUND, r"The plant graph is empty\.", "Le graphe de l'installation est vide."),
    (RefusalCode.NOT_UNDERSTOOD, r"A forecast needs a time ahead, and that one is not\.",
     "Une prévision demande une durée à venir, et celle-là ne l'est pas."),
    (RefusalCode.NOT_UNDERSTOOD, r'It is not clear how far ahead "(.+)" is\.', "« {} » ne dit pas jusqu'où prévoir."),
    (RefusalCode.NO_DATA, r"No confirmed tag has a limit\.", "Aucun capteur confirmé n'a de seuil."),
    (RefusalCode.OUT_OF_SCOPE, r"millhand says what a tag is now, will be, .*",
     "millhand dit ce qu'une mesure est, sera, ou si elle était anormale ; il ne cherche pas de valeurs passées."),
    (RefusalCode.NOT_FOUND, r"(Introuvable dans les manuels.*)", "{}"),
    (RefusalCode.NO_DATA, r"(Aucun manuel.*|Il n'y a pas .*)", "{}"),
)  # fmt: skip
"""Code, pattern of the English sentence, French sentence with the pattern's groups; tools that speak French pass."""


_HELP = {
    "Ask for an asset's sensors, parts, manuals, failures or work orders, what feeds it, what is downstream.": (
        "Demandez les capteurs, pièces, manuels, défaillances ou ordres de travail d'un équipement, ce qui l'alimente, "
        "ce qui est en aval."
    ),
    "Load one: millhand graph load DIR.": "Chargez-en un : millhand graph load DIR.",
    "Nothing there is called nearly so.": "Rien n'y porte un nom proche.",
}
"""What would help, in English and French, where it is more than `_GENERAL` has."""


def in_french(code: RefusalCode, english: str) -> str:
    """Returns a refusal's sentence in French."""
    for known, pattern, french in _CASES:
        if known == code and (match := re.fullmatch(pattern, english)):
            return french.format(*match.groups())
    return _GENERAL[code][0]


def help_in_french(code: RefusalCode, english: str, choices: tuple[str, ...]) -> str:
    """Returns what would help, in French: the choices, else the same, else what helps in general."""
    if choices and code != RefusalCode.AMBIGUOUS:
        return f"Vouliez-vous dire {' ou '.join(choices)} ?"
    return _HELP.get(english, _GENERAL[code][1])
