"""The forms of verbs, English and French, without accents, and the nouns for who does it."""

from __future__ import annotations

from functools import cache
from typing import Final

import msgspec

_ENGLISH_VERBS: Final = """
bear/bore/born begin/began/begun break/broke/broken bring/brought build/built buy/bought catch/caught
choose/chose/chosen come/came/come cut/cut do/did/done draw/drew/drawn drive/drove/driven feed/fed find/found
get/got/got give/gave/given go/went/gone grow/grew/grown have/had hold/held keep/kept know/knew/known lead/led
eat/ate/eaten leave/left lend/lent let/let lie/lay/lain make/made mean/meant meet/met oversee/oversaw/overseen pay/paid
put/put read/read ride/rode/ridden run/ran/run see/saw/seen seek/sought sell/sold send/sent set/set shoot/shot
show/showed/shown sing/sang/sung sit/sat speak/spoke/spoken spend/spent stand/stood strike/struck/struck
sweep/swept take/took/taken teach/taught tell/told think/thought understand/understood wear/wore/worn win/won
hit/hit write/wrote/written withdraw/withdrew/withdrawn rebuild/rebuilt be/was/been
"""
"""Base, past and, where it is another, participle of irregular verbs."""

_DOUBLED: Final = frozenset(
    (
        "allot",
        "begin",
        "control",
        "cut",
        "drop",
        "enrol",
        "fit",
        "flag",
        "get",
        "hit",
        "let",
        "log",
        "map",
        "plan",
        "put",
    )
).union(("hit", "refer", "run", "set", "ship", "sit", "spot", "star", "stop", "swap", "tag", "win"))
_ENDS_IN_E: Final = ("c", "v", "z", "u", "ang", "at", "ir", "ur", "os", "as", "us", "is", "ag", "dg", "ok")
_NOT_E: Final = ("eat", "oat", "our", "air", "ear", "oir")
_ENDS_IN_ES: Final = ("x", "ch", "sh", "ss", "zz", "o")

_FRENCH_VERBS: Final = """
acquerir/acquiert/acquierent/acquerant/acquis appartenir/appartient/appartiennent/appartenant/appartenu
avoir/a/ont/ayant/eu comprendre/comprend/comprennent/comprenant/compris
conduire/conduit/conduisent/conduisant/conduit concevoir/concoit/concoivent/concevant/concu
connaitre/connait/connaissent/connaissant/connu construire/construit/construisent/construisant/construit
contenir/contient/contiennent/contenant/contenu convenir/convient/conviennent/convenant/convenu
couvrir/couvre/couvrent/couvrant/couvert decrire/decrit/decrivent/decrivant/decrit
dependre/depend/dependent/dependant/dependu desservir/dessert/desservent/desservant/desservi
detenir/detient/detiennent/detenant/detenu ecrire/ecrit/ecrivent/ecrivant/ecrit
employer/emploie/emploient/employant/employe entretenir/entretient/entretiennent/entretenant/entretenu
etre/est/sont/etant/ete faire/fait/font/faisant/fait inclure/inclut/incluent/incluant/inclus
intervenir/intervient/interviennent/intervenant/intervenu maintenir/maintient/maintiennent/maintenant/maintenu
mettre/met/mettent/mettant/mis naitre/nait/naissent/naissant/ne obtenir/obtient/obtiennent/obtenant/obtenu
offrir/offre/offrent/offrant/offert prevoir/prevoit/prevoient/prevoyant/prevu
produire/produit/produisent/produisant/produit provenir/provient/proviennent/provenant/provenu
recevoir/recoit/recoivent/recevant/recu rejoindre/rejoint/rejoignent/rejoignant/rejoint
rendre/rend/rendent/rendant/rendu requerir/requiert/requierent/requerant/requis
resoudre/resout/resolvent/resolvant/resolu servir/sert/servent/servant/servi sortir/sort/sortent/sortant/sorti
souffrir/souffre/souffrent/souffrant/souffert subir/subit/subissent/subissant/subi
suivre/suit/suivent/suivant/suivi survenir/survient/surviennent/survenant/survenu
tenir/tient/tiennent/tenant/tenu vendre/vend/vendent/vendant/vendu venir/vient/viennent/venant/venu
vivre/vit/vivent/vivant/vecu voir/voit/voient/voyant/vu atteindre/atteint/atteignent/atteignant/atteint
acheter/achete/achetent/achetant/achete
lire/lit/lisent/lisant/lu emettre/emet/emettent/emettant/emis
prendre/prend/prennent/prenant/pris valoir/vaut/valent/valant/valu falloir/faut/faut/fallant/fallu
peser/pese/pesent/pesant/pese relever/releve/relevent/relevant/releve rappeler/rappelle/rappellent/rappelant/rappele
"""
"""Infinitive, third persons, participles present and past of irregular verbs."""

_IRREGULAR: Final = {entry[0]: (entry[1], entry[-1]) for entry in (line.split("/") for line in _ENGLISH_VERBS.split())}
_BASE_OF: Final = {form: base for base, forms in _IRREGULAR.items() for form in forms} | {"has": "have"}
_FRENCH: Final = {entry[0]: entry[1:] for entry in (line.split("/") for line in _FRENCH_VERBS.split())}


class Forms(msgspec.Struct, frozen=True):
    """A verb's forms.

    Attributes:
        active: Said of who does it: "feeds", "feeding", "alimentent".
        past: Said of who did it; may be a participle too.
        participles: Said of what it is done to, with "by" or "par".
    """

    active: tuple[str, ...]
    past: tuple[str, ...]
    participles: tuple[str, ...]


@cache
def english(base: str) -> Forms:
    """Returns the forms of an English verb."""
    if base == "be":
        return Forms(("is", "are", "being"), ("was", "were"), ())
    if base == "do":  # "do" and "does" are auxiliaries
        return Forms(("doing",), ("did",), ("done",))
    stem = base + base[-1] if base in _DOUBLED else base
    if base.endswith("e") and not base.endswith("ee"):
        regular, going = base + "d", base[:-1] + "ing"
    elif base.endswith("y") and base[-2:-1] not in "aeou":
        regular, going = base[:-1] + "ied", base + "ing"
    else:
        regular, going = stem + "ed", stem + "ing"
    third = {"have": "has"}.get(base) or (
        base[:-1] + "ies" if regular.endswith("ied") else base + ("es" if base.endswith(_ENDS_IN_ES) else "s")
    )
    past, participle = _IRREGULAR.get(base, (regular, regular))
    return Forms((base, third, going), (past,), (participle,))


@cache
def french(base: str) -> Forms:
    """Returns the forms of a French verb: present, imperfect, infinitive, participles in every agreement."""
    if base in _FRENCH:
        one, many, present, participle = _FRENCH[base]
    elif base.endswith("er"):
        stem = base[:-2]
        one, many, participle = stem + "e", stem + "ent", stem + "e"
        present = stem + ("e" if stem.endswith("g") else "") + "ant"
    elif base.endswith("ir"):
        stem = base[:-1]
        one, many, present, participle = stem + "t", stem + "ssent", stem + "ssant", stem
    else:
        stem = base[:-2]
        one, many, present, participle = stem, stem + "ent", stem + "ant", stem + "u"
    stem = present.removesuffix("ant")
    agreed = (participle, participle + "e", participle + ("" if participle.endswith("s") else "s"), participle + "es")
    active = (one, many, present, stem + "ait", stem + "aient", base)
    return Forms(active, (participle,), tuple(dict.fromkeys(agreed)))


def base_of(word: str, known: frozenset[str] = frozenset()) -> str:
    """Returns the English verb that a word in a relationship's name is a form of: "fed" of "feed", "used" of "use".

    Args:
        word: The word, plain.
        known: Verbs that there are; one of them is preferred.
    """
    if word in _BASE_OF and word not in _IRREGULAR:
        return _BASE_OF[word]
    if word in known:
        return word
    bases = [word]
    for ending, instead in (
        ("ied", "y"),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("es", ""),
        ("s", ""),
        ("ing", ""),
        ("ing", "e"),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            base = word.removesuffix(ending) + instead
            bases += [base, base[:-1]] if base[-2:-1] == base[-1:] and not instead else [base]
    fitting = [base for base in bases if base in known and word in _all(english(base))]
    return fitting[0] if fitting else _guess(word)


def is_participle(word: str) -> bool:
    """Whether a word of a name is a past form: "located", "built"."""
    return word.endswith("ed") or word in _BASE_OF


def agents(base: str) -> tuple[str, ...]:
    """Returns the nouns that who does it may be called: "director", "producer", "supplier"."""
    if base.endswith("e"):
        return (base + "r", base[:-1] + "or")
    if base.endswith("y") and base[-2:-1] not in "aeou":
        return (base[:-1] + "ier",)
    doubled = (base + base[-1] + "er",) if base in _DOUBLED else ()
    return (base + "er", base + "or", *doubled)


def french_agents(base: str) -> tuple[str, ...]:
    """Returns the nouns that who does a French verb may be called: « consommateur », « transporteur »."""
    return (base[:-2] + "eur", base[:-2] + "ateur") if base.endswith("er") else ()


def _guess(word: str) -> str:
    if word.endswith(("ied", "ies")):
        return word[:-3] + "y"
    if word.endswith("ed"):
        stem = word[:-2]
        if stem[-2:-1] == stem[-1:] and stem[-1:] not in "sl":
            return stem[:-1]
        return stem + "e" if stem.endswith(_ENDS_IN_E) and not stem.endswith(_NOT_E) else stem
    if word.endswith("es") and word[:-2].endswith(_ENDS_IN_ES):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _all(forms: Forms) -> frozenset[str]:
    return frozenset((*forms.active, *forms.past, *forms.participles))
