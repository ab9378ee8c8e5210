"""What is said when no tool answers: help, limits, questions back, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from agents.compose.refusals import help_in_french, in_french

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.compose.speech import Speech
    from agents.contract import Route
    from plant.facts import Refusal

_HELP = (
    (
        "You can ask, in English or French: "
        "which sensors are on pump P-101, or what feeds the tank (plant graph); "
        "what a fault code means, or how to do a job (manuals, quoted with their page); "
        "what a tag or an asset is now (readings); "
        "what a tag will do in the next hours (forecast); "
        "whether a tag or an asset is odd (anomalies); "
        "which alerts stand or stood (alerts); "
        "which parts the last work orders complain about (parts). "
        "Name a tag, an asset or a fault code; times in words are understood. "
        "A follow-up works: and for the other pump? Each mark in square brackets opens the evidence. "
        "Ask for my limits to see what I cannot do."
    ),
    (
        "Vous pouvez demander, en français ou en anglais : "
        "quels capteurs sont sur la pompe P-101, ou ce qui alimente le réservoir (graphe) ; "
        "ce que signifie un code de défaut, ou comment faire un travail (manuels, cités avec leur page) ; "
        "ce que vaut une mesure maintenant (relevés) ; "
        "ce que fera une mesure dans les prochaines heures (prévision) ; "
        "si une mesure ou un équipement est anormal (anomalies) ; "
        "quelles alertes sont ou étaient ouvertes (alertes) ; "
        "de quelles pièces se plaignent les derniers ordres de travail (pièces). "
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
    "parts": ("what work orders complain about", "de quoi se plaignent les ordres de travail"),
    "help": ("what I can do", "ce que je sais faire"),
}


def help_text(speech: Speech) -> str:
    """Returns what can be asked."""
    return speech.pick(*_HELP)


def limits_text(speech: Speech) -> str:
    """Returns what millhand cannot do."""
    return speech.pick(*_LIMITS)


def refusal_in(refusal: Refusal, speech: Speech) -> Refusal:
    """Returns a tool's refusal in the question's language."""
    if speech.language == "en":
        return refusal
    return msgspec.structs.replace(
        refusal,
        text=in_french(refusal.code, refusal.text),
        help=help_in_french(refusal.code, refusal.help, refusal.choices) if refusal.help else "",
    )


def offered_in(refusal: Refusal, readings: Sequence[Mapping[str, str]], speech: Speech) -> Refusal:
    """Returns a question back with what it offers in the question's language; memory knows the one that is picked."""
    help_ = speech.pick("Answer with its number, or in its words.", "Répondez par son numéro, ou dans ses mots.")
    return msgspec.structs.replace(refusal, help=help_, choices=tuple(one[speech.language] for one in readings))


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
