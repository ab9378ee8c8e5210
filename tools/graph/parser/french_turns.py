"""French turns of phrase, as the plainer words that they stand for: « mets-moi », « ..., c'est lequel ? ».

What a turn says is told by its words alone, whatever the graph: it is written out before the question is read. A turn
that leaves open what it means has no place here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, partial
from typing import Final

_APOSTROPHES: Final = "\u2019\u2018`\u00b4"
_EVENTS: Final = {
    "inspecte": "inspection",
    "controle": "contrôle",
    "verifie": "vérification",
    "visite": "visite",
    "repare": "réparation",
    "depanne": "dépannage",
}
"""Nouns for what was done, by the participle that says it."""

_PARTS: Final = {
    "WHICH": r"(?:quel(?:le)?s?)",
    "DATE": r"(?:quand|a quelle date|quel jour|a quel moment)",
    "PENDING": r"(?:ouvert\w*|en cours|a (?:finir|faire|boucler|cloturer|fermer|traiter|solder|terminer|regler))",
    "STATE": r"(?:en (?:mode|attente|cours|panne|marche)|au statut|a l'etat|ouvert|actif|planifi|bloqu)",
    "EVENT": rf"({'|'.join(_EVENTS)})e?s?",
    "NAME": r"((?:\w|-|\.)+)",
    "LAST_TIME": "pour la derniere fois",
    "LEFT": r"\bil (?:me |lui |leur |nous |vous )?reste (?:encore )?",
    "YES_NO": r",? (?:ou pas|ou non|oui ou non)",
    "WHICH_ONE": r"(?:lequel|laquelle|lesquels|lesquelles|quoi|qui)",
    "IT_IS": r"(?:c'est|c'etait|ce sont|ca serait|ce serait)",
    "ALSO": r"(?:donn|precis|indiqu|ajout|affich|montr|met)(?:e|ez|s|tez)(?:-moi)? (?:aussi|egalement|en plus)",
    "BUY": r"(?:achet|prend|command|trouv|procur|fourni)\w*(?:[- ]t)?(?:[- ]on)?\b(?! pour)",
    "ONE": r"(?:est-ce qu'on |on (?:peut )?|peut-on |faut-il |nous )?",
    "NEEDED": r"(?:que|qu'est[- ]ce qu'|il|quoi) ?(?:il )?(?:me |nous )?(?:faut|faudrait|fallait)(?:-il)?(?: quoi)?",
    "GONE": r"(?:il n'(?:y )?en (?:a|reste)|on n'en a|il ne reste|il n'y a|on n'a) plus",
    "END": r"[ ?.!]*$",
}
"""Pieces of the patterns, by the name that stands for them there."""

_TURNS: Final = (
    # letters that slipped together
    (r"\bya(?= t| des?\b| d'| un| quoi|-t)", "y a"),
    (r"\bcest\b", "c'est"),
    (r"\bquest[ -]ce\b", "qu'est-ce"),
    (r"\bjai\b", "j'ai"),
    # yes or no
    (r"^on a (?=une?\b|des\b)(.+?){YES_NO}{END}", r"y a-t-il \1"),
    (r"^(?!est-ce|.*-il|.*-elle|.*\bou\b.*\bou\b)([^:,]+?){YES_NO}{END}", r"est-ce que \1"),
    (r"^(est-ce que (?:\w|-)+(?: \w+)?) bien (?=\w)", r"\1 "),
    # what is asked at the end
    (r"(?<=\w)(?: ?,| :) {IT_IS} {WHICH_ONE}{END}", ""),
    (r"(?<=\w)(?: ?,| :) (?:ca date de quand|c'etait quand|c'est quand|ca remonte a quand){END}", ": date"),
    (r"^(l[ea] [^,:]+) dat(?:e|ent) de quand{END}", r"de quand date \1"),
    (r"\ba quand remonte(?:nt)? (?=l[ea']|leurs?)", "de quand date "),
    # the last time
    (r"\b{DATE} a[- ]t[- ]on {EVENT} (.+?) {LAST_TIME}", r"de quand date la dernière \1 sur \2"),
    (r"^(.+?) a ete {EVENT} {DATE} {LAST_TIME}", r"de quand date la dernière \2 sur \1"),
    (r"\b(a[- ]t[- ]on|on a) (\w+) un( \w.*?) {LAST_TIME}", r"\1 \2 le dernier\3"),
    (r"\b(a[- ]t[- ]on|on a) (\w+) une( \w.*?) {LAST_TIME}", r"\1 \2 la dernière\3"),
    # who sells it
    (r"\bchez (?:qui|quels? fournisseurs?) {ONE}{BUY}", "quels fournisseurs vendent"),
    # what is left, and what is not
    (r"{LEFT}(?={WHICH} .*{PENDING})", ""),
    (r"{LEFT}quoi comme (?=.*{PENDING})", "quels "),
    (r"\bn'(?:en )?ont plus qu(?:e |')(\w+)(?: \w+)? ou (?:moins|zero)\b", r"ont \1 ou moins"),
    (r"\b(?:n'ont plus de stock|n'ont plus rien en stock|manquent en stock|manquent au magasin)\b", "ont un stock nul"),
    (r"\bdont {GONE} (?:de stock|aucun exemplaire|du tout|en stock|rien|aucune?{END})", "dont le stock est nul"),
    # what is asked for by its kind
    (r"\btout ce que (.+?) comme (\w+)", r"les \2 que \1"),
    (r"\bqu'est[- ]ce qu(?:e l)?'on ((?:a )?(?:deja )?\w+) comme (\w+)", r"quels \2 \1-t-on"),
    (r"\b{NEEDED} comme (\w+)", r"quels \1"),
    (r"\bqu'est[- ]ce qu(?:e l)?'on (?:trouve|a) (?=dans )(?!dans [^?]*, )", "qu'y a-t-il "),
    # no such thing done
    (r"\bsans qu'(?:aucune?|une?) (\w+)(?: n')? ?(?:ait|aient) (?:ete )?(?=\w+)", r"sans \1 "),
    # names
    (r"\bcomment s'appellent (?=les|ces)", "liste "),
    (r"\bcomment s'appelle (?:la |le )?(?=\w)", "nom de "),
    (r"\b(?:que (?:signifie|veut dire)|a quoi correspond) (?:le code |le repere )?{NAME}", r"quel est le nom de \1"),
    (r"^{NAME}(?: ?,| :) (?:ca veut dire quoi|ca signifie quoi|ca correspond a quoi){END}", r"quel est le nom de \1"),
    # what is done on it
    (r"\bbosse(?=\b|s\b|nt\b|r\b)", "travaillé"),
    (r"\bdessus,? (?=sur\b)", ""),
    (r"^{NAME} ?[,:] ([^,:]+?) dessus{END}", r"\2 sur \1"),
    (r"\b(sans|aucune?) (\w+) dessus\b", r"\1 \2"),
    # what stays or dates
    (r"\b((?:ce mois|cette semaine|cette annee))-ci\b", r"\1"),
    (r"\b(est|sont|etait|etaient) (?:tombee?s?|passee?s?|descendue?s?) (?=sous\b|en dessous\b|au dessous\b)", r"\1 "),
    (r"(?<= )rest(?:ee?s?|ant|ants) (?={STATE})", ""),
    (r"\b(?:reste|restent|demeure|demeurent) (?={STATE})", "est "),
    (r"\bdont (?:l'|la |le )(\w+) (?:remonte a|date d')(?=avant\b)", r"dont la date de \1 est "),
    (r"\b(?:remonte(?:nt)? a |datent? d'|tombent? )(?=avant\b|entre\b|apres\b)", "est "),
    # a column more
    (r"(?:,|;|\.)(?: et)? {ALSO} (?=l[ea'] ?|leurs?|sa |son |ses )", ", avec "),
    # where it comes from
    (r"\b(?:viennent|proviennent|sortent) de chez\b", "sont de chez"),
    (r"\b(?:vient|provient|sort) de chez\b", "est de chez"),
)
"""Patterns of a question without accents, with what stands for them."""


def written_out(question: str) -> str:
    """Returns a question with its French turns of phrase in plainer words."""
    folded = _folded(question)
    for pattern, instead in _compiled():
        found = pattern.search(folded)
        if found is not None:
            plain = re.sub(r"\\(\d)", partial(_group, question, found), instead)
            question = (question[: found.start()] + plain + question[found.end() :]).strip()
            folded = _folded(question)
    return question


def _group(question: str, found: re.Match[str], number: re.Match[str]) -> str:
    """Returns what a group of a pattern found in the question; of what was done, the noun for it."""
    start, end = found.span(int(number[1]))
    return _EVENTS.get(found[int(number[1])] or "", question[start:end]) if start >= 0 else ""


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(re.sub(r"\{([A-Z_]+)\}", _part, pattern)), instead) for pattern, instead in _TURNS)


def _part(name: re.Match[str]) -> str:
    return _PARTS[name[1]]


def _folded(text: str) -> str:
    """Returns a text in lower case without accents, letter by letter: as long as it was."""
    return "".join(map(_letter, text))


@cache
def _letter(letter: str) -> str:
    if letter in _APOSTROPHES:
        return "'"
    plain = unicodedata.normalize("NFKD", letter.lower())[:1]
    return plain or letter
