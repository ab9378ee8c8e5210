"""A made-up video shop: films and those who made them, customers and what they order. For testing only.

    (:Person)-[:ACTED_IN {role}]->(:Film), (:Person)-[:DIRECTED]->(:Film), (:Person)-[:WROTE]->(:Film)
    (:Film)-[:HAS_GENRE]->(:Genre), (:Film)-[:SEQUEL_OF]->(:Film), (:Studio)-[:PRODUCED]->(:Film)
    (:Customer)-[:PLACED]->(:Order)-[:CONTAINS {quantity}]->(:Product)-[:COPY_OF]->(:Film)
    (:Customer)-[:RATED {stars, day}]->(:Film)

Its people speak of things by name; ids are numbers that nobody says.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from finetuning.cypher.worlds.builder import Builder, Dice
from finetuning.cypher.worlds.people import people

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEED: Final = 1895
_TODAY: Final = date(2026, 11, 21)

_GENRES: Final = ("comedy", "drama", "thriller", "western", "science fiction", "documentary", "romance", "horror")
_STUDIOS: Final = (
    ("Lanternhouse", "United Kingdom", 1948),
    ("Grand Belvoir", "France", 1931),
    ("Copperline Pictures", "United States", 1972),
    ("Nordlicht Film", "Germany", 1965),
    ("Saltmarsh Studios", "Ireland", 1999),
    ("Cinevale", "France", 2008),
)
_TITLES: Final = """
The Glass Harbour|A Winter in Brill|The Last Ferryman|Salt and Cinders|The Quiet Meridian|Paper Lanterns|Nine Bridges
The Clockmaker's Debt|Low Tide|Ashes of Corran|The Orchard Thieves|Midnight at Fenwick|The Copper Road|Stray Signals
A Song for Odette|The Blind Cartographer|Hollow Crown Street|Seven Days of Fog|The Tin Orchestra|Wolves of Larkmoor
Dust on the Piano|The Second Envoy|Between Two Stations|The Honey Trap|Red Barn Winter|The Weight of Feathers
Cold Harvest|The Lighthouse Bride|Nobody's Tango|The Silver Ledger|Echo Canyon Run|The Velvet Fugitive|Marrow
A Room Above the Sea|The Thirteenth Lamp|Dancing with Ferns|The Long Causeway|Sparrow Hill|The Amber Protocol
Once in Vellaine|The Drowned Choir|Iron Petals|The Baker of Rue Noire|Static|The Summer Ledger|Gallows Creek
Small Hours|The Painted Ferry|Under Juniper Skies|The Cartwright Affair|Orbit of Sorrow|The Fern Collector
Bitter Almonds|The Postman of Issoire|Northbound|The Ivory Staircase|Goodbye Tamarind|A Thousand Windows|The Mole
Harbour Lights Out
"""
_CITIES: Final = ("Brighton", "Lyon", "Cork", "Nantes", "Leeds", "Bremen", "Galway", "Lille")
_ROLES: Final = ("the detective", "the widow", "the captain", "the teacher", "the thief", "the doctor", "the stranger")
_FORMATS: Final = (("DVD", 4), ("Blu-ray", 9), ("4K", 15))


def make() -> Builder:
    """Returns the shop; always the same."""
    shop, dice = Builder(), Dice(_SEED)
    names = people(dice, 150)
    films = _add_films(shop, dice)
    _add_people(shop, dice, names[:90], films)
    products = _add_products(shop, dice, films)
    _add_customers(shop, dice, names[90:], films, products)
    return shop


def _add_films(shop: Builder, dice: Dice) -> list[str]:
    genres = [shop.add("Genre", f"genre-{place}", name=name) for place, name in enumerate(_GENRES, start=1)]
    studios = [
        shop.add("Studio", f"studio-{place}", name=name, country=country, founded=founded)
        for place, (name, country, founded) in enumerate(_STUDIOS, start=1)
    ]
    films: list[str] = []
    for place, title in enumerate(_TITLES.strip().replace("\n", "|").split("|"), start=1):
        film = shop.add(
            "Film",
            f"film-{place}",
            title=title,
            released=dice.day(date(1962, 1, 5), date(2026, 10, 30)),
            runtime=dice.whole(74, 178),
            language=dice.pick(("English", "English", "French", "German")),
            budget=dice.whole(2, 180) * 500_000 if dice.chance(0.85) else None,
            black_and_white=dice.chance(0.12),
        )
        shop.link(dice.pick(studios), "PRODUCED", film)
        for genre in dice.few(genres, dice.pick((1, 1, 2, 2, 3))):
            shop.link(film, "HAS_GENRE", genre)
        if films and dice.chance(0.25):
            shop.link(film, "SEQUEL_OF", dice.pick(films))
        films.append(film)
    return films


def _add_people(shop: Builder, dice: Dice, names: Sequence[str], films: Sequence[str]) -> None:
    persons = [
        shop.add(
            "Person",
            f"person-{place}",
            name=name,
            born=dice.whole(1928, 2004) if dice.chance(0.9) else None,
            country=dice.pick(("United Kingdom", "France", "United States", "Germany", "Ireland")),
        )
        for place, name in enumerate(names, start=1)
    ]
    for film in films:
        director = dice.pick(persons[:24])
        shop.link(director, "DIRECTED", film)
        for writer in dice.few(persons[10:40], dice.pick((0, 1, 1, 2))):
            shop.link(writer, "WROTE", film)
        for actor in dice.few(persons[18:], dice.whole(2, 7)):
            shop.link(actor, "ACTED_IN", film, role=dice.pick(_ROLES))
        if dice.chance(0.1):
            shop.link(director, "ACTED_IN", film, role="himself or herself")


def _add_products(shop: Builder, dice: Dice, films: Sequence[str]) -> list[str]:
    titles = {node.key: node.properties["title"] for node in shop.nodes if node.label == "Film"}
    products: list[str] = []
    for film in films:
        for form, price in dice.few(_FORMATS, dice.pick((0, 1, 1, 2, 2, 3))):
            product = shop.add(
                "Product",
                f"product-{len(products) + 1}",
                name=f"{titles[film]} ({form})",
                format=form,
                price=price + dice.whole(0, 12) / 2,
                stock=dice.whole(0, 25),
            )
            shop.link(product, "COPY_OF", film)
            products.append(product)
    return products


def _add_customers(
    shop: Builder, dice: Dice, names: Sequence[str], films: Sequence[str], products: Sequence[str]
) -> None:
    orders = 0
    for place, name in enumerate(names, start=1):
        customer = shop.add(
            "Customer",
            f"customer-{place}",
            name=name,
            city=dice.pick(_CITIES),
            joined=dice.day(date(2015, 2, 1), date(2026, 10, 1)),
            newsletter=dice.chance(0.4),
        )
        for film in dice.few(films, dice.whole(0, 6)):
            shop.link(customer, "RATED", film, stars=dice.whole(1, 5), day=dice.day(date(2024, 1, 1), _TODAY))
        for _ in range(dice.pick((0, 1, 1, 2, 3, 5))):
            orders += 1
            order = shop.add(
                "Order",
                f"order-{1000 + orders}",
                placed=dice.day(date(2024, 1, 2), _TODAY),
                status=dice.pick(("delivered", "delivered", "delivered", "shipped", "returned", "pending")),
                gift=dice.chance(0.15),
            )
            shop.link(customer, "PLACED", order)
            for product in dice.few(products, dice.pick((1, 1, 2, 3))):
                shop.link(order, "CONTAINS", product, quantity=dice.pick((1, 1, 1, 2, 3)))
