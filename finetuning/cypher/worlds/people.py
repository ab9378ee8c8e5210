"""Names of people and firms that nobody bears but by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from finetuning.cypher.worlds.builder import Dice

_GIVEN: Final = """
Agnes Alba Anders Basil Bea Bodil Camille Cedric Clara Dagny Dario Edda Elin Emil Esther Fabien Frida Gaspard Greta
Hakon Hana Ines Ivar Jonas Judith Karin Kasper Leif Lena Linus Maeve Magnus Marta Mathis Nadia Nils Odile Olav Orla
Pascal Petra Quentin Ragna Remi Rosa Selma Sigrid Soren Tamsin Tilde Tove Ulrik Vera Viggo Wanda Yara Zoe
"""
_FAMILY: Final = """
Ackerlund Aldous Barrowby Beaumesnil Brantvik Calloway Clairvau Dunmoor Ekelby Fairbourne Fossheim Garrigue Hagstad
Hollinwell Ingersby Jolivaux Kerrimor Lindvall Lockhaven Marchebois Morvane Nordhelm Okerby Pellerac Quistgard Ravenholt
Rosmarin Sandervig Selwick Tarncliff Thorsvik Underby Valcombe Vestergren Wetherlam Wyndale Yarrowick Zellweir
"""


def people(dice: Dice, number: int) -> list[str]:
    """Returns different names, given name first."""
    names = [f"{given} {family}" for given in _GIVEN.split() for family in _FAMILY.split()]
    return dice.few(names, number)
