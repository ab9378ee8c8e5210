"""What is said when no tool answers: help, limits, questions back, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plant.facts import RefusalCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.compose.speech import Speech
    from agents.contract import Route
    from plant.facts import Refusal

_HELP = (
    (
        "You can ask, in English or French: "
        "which sensors are on pump P-101, or what feeds the tank (plant graph); "
        "what a fault code means, or how to do a job (manuals, quoted with their page); "
        "what a tag will do in the next hours (forecast); "
        "whether a tag or an asset is odd (anomalies); "
        "which alerts stand or stood (alerts). "
        "Name a tag, an asset or a fault code; times in words are understood. "
        "A follow-up works: and for the other pump? Each mark in square brackets opens the evidence. "
        "Ask for my limits to see what I cannot do."
    ),
    (
        "Vous pouvez demander, en français ou en anglais : "
        "quels capteurs sont sur la pompe P-101, ou ce qui alimente le réservoir (graphe) ; "
        "ce que signifie un code de défaut, ou comment faire un travail (manuels, cités avec leur page) ; "
        "ce que fera une mesure dans les prochaines heures (prévision) ; "
        "si une mesure ou un équipement est anormal (anomalies) ; "
        "quelles alertes sont ou étaient ouvertes (alertes). "
        "Nommez un capteur, un équipement ou un code de défaut ; les heures en toutes lettres sont comprises. "
        "Une suite marche : et pour l'autre pompe ? Chaque repère entre crochets ouvre la source. "
        "Demandez mes limites pour voir ce que je ne sais pas faire."
    ),
)

_LIMITS = (
    (
        "What I cannot do: I never write to the plant; I start, stop and set nothing. I advise, you decide. "
        "I know only what is in the store, the plant graph and the manuals of this machine. "
        "A forecast is a range seen from past data: it knows no plan, no intervention, no weather. "
        "An anomaly says that a value is unusual, not why. No alert on a blind or stale tag means nothing. "
        "I quote manuals, I do not interpret them: read the page before you work. "
        "Where I have no evidence I say so instead of answering."
    ),
    (
        "Ce que je ne sais pas faire : je n'écris jamais dans l'installation ; je ne démarre, n'arrête "
        "et ne règle rien. Je conseille, vous décidez. "
        "Je ne connais que l'historique, le graphe et les manuels de cette machine. "
        "Une prévision est une plage tirée du passé : elle ignore les plans, les interventions et la météo. "
        "Une anomalie dit qu'une valeur est inhabituelle, pas pourquoi. "
        "L'absence d'alerte sur un capteur aveugle ou muet ne veut rien dire. "
        "Je cite les manuels, je ne les interprète pas : lisez la page avant de travailler. "
        "Sans preuve, je le dis au lieu de répondre."
    ),
)

_ROUTES = {
    "manual": ("what the manuals say", "ce que disent les manuels"),
    "graph": ("what the plant graph says", "ce que dit le graphe de l'installation"),
    "forecast": ("a forecast", "une prévision"),
    "anomaly": ("whether something is odd", "si quelque chose est anormal"),
    "alerts": ("the alerts", "les alertes"),
    "help": ("what I can do", "ce que je sais faire"),
}

_FRENCH = {
    RefusalCode.AMBIGUOUS: "La question peut vouloir dire plusieurs choses.",
    RefusalCode.NOT_UNDERSTOOD: "La question n'est pas comprise.",
    RefusalCode.NOT_FOUND: "Rien n'a été trouvé.",
    RefusalCode.UNKNOWN_TAG: "Ce capteur n'est pas connu.",
    RefusalCode.UNKNOWN_ENTITY: "Cet équipement n'est pas connu.",
    RefusalCode.NO_DATA: "Il n'y a pas de données.",
    RefusalCode.TOO_SHORT: "L'historique est trop court.",
    RefusalCode.TOO_MANY_GAPS: "L'historique a trop de trous.",
    RefusalCode.CONSTANT: "La mesure ne varie pas.",
    RefusalCode.STUCK: "La mesure est figée.",
    RefusalCode.STALE: "Le capteur n'envoie plus rien.",
    RefusalCode.NOTHING_BEATS_NAIVE: "Aucune méthode ne fait mieux que la saison précédente.",
    RefusalCode.COVERAGE_BELOW_TARGET: "La bande de prévision ne tient pas ses promesses.",
    RefusalCode.HORIZON_TOO_LONG: "L'horizon est trop long.",
    RefusalCode.UNSAFE_QUERY: "La requête n'est pas sûre.",
    RefusalCode.INVALID_QUERY: "La requête n'est pas valable.",
    RefusalCode.TIMED_OUT: "Cela a pris trop de temps.",
    RefusalCode.UNGROUNDED: "La réponse n'était pas couverte par les sources.",
    RefusalCode.UNAVAILABLE: "Un service ne répond pas.",
    RefusalCode.OUT_OF_SCOPE: "Cela ne relève pas de millhand.",
    RefusalCode.CANCELLED: "La question a été abandonnée.",
}


def help_text(speech: Speech) -> str:
    """Returns what can be asked."""
    return speech.pick(*_HELP)


def limits_text(speech: Speech) -> str:
    """Returns what millhand cannot do."""
    return speech.pick(*_LIMITS)


def refusal_text(refusal: Refusal, speech: Speech) -> str:
    """Returns a tool's refusal in the question's language; what the tool said of the case stands behind it."""
    if speech.language == "en":
        return refusal.text
    return f"{_FRENCH[refusal.code]} (En anglais : {refusal.text})"


def which(word: str, choices: Sequence[str], speech: Speech) -> str:
    """Asks which of several names a word means."""
    joint = speech.pick("or", "ou")
    return speech.pick('Which one do you mean by "{}": {}?', "Que désigne « {} » : {} ?").format(
        word, speech.listed(choices, last=joint)
    )


def which_route(routes: Sequence[Route], subject: str, speech: Speech) -> str:
    """Asks which of several things is wanted."""
    offers = speech.listed([speech.pick(*_ROUTES[route]) for route in routes], last=speech.pick("or", "ou"))
    of = speech.pick(" about {}", " au sujet de {}").format(subject) if subject else ""
    return speech.pick("Do you want{of}: {offers}?", "Voulez-vous{of} : {offers} ?").format(of=of, offers=offers)


def which_subject(choices: Sequence[str], speech: Speech) -> str:
    """Asks for a tag or an asset."""
    examples = speech.listed(choices, last=speech.pick("or", "ou"))
    return speech.pick("Which tag: {}?", "Quel capteur : {} ?").format(examples)
