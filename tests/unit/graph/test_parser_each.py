"""What is asked of each thing, values to choose between, and who asks."""

from __future__ import annotations

import pytest

from tests.unit.graph.asking import TODAY, ask, parser_of
from tests.unit.graph.test_parser_everyday import NODES, RELATIONS
from tools.graph.parser.form import Ask, Compare, Filter, Thing
from tools.graph.parser.parse import Parsed, Parser


@pytest.fixture(scope="module")
def workshop() -> Parser:
    return parser_of(NODES, RELATIONS)


STRONG = Filter("power_kw", Compare.ABOVE, (80,))


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("which machines were installed after 2012, and how critical is each?", ("criticality",)),
        ("machines installed after 2012, and what criticality is each of them", ("criticality",)),
    ],
)
def test_what_is_asked_of_each_is_shown(workshop: Parser, question: str, thing: tuple[str, ...]) -> None:
    parsed = workshop.parse(question, TODAY)
    assert isinstance(parsed, Parsed), parsed
    installed = Filter("installed", Compare.AT_LEAST, ("2013-01-01",))
    assert parsed.ask == Ask(Thing("Machine", filters=(installed,), shown=thing))


def test_a_choice_between_values_asks_for_their_property(workshop: Parser) -> None:
    assert ask(workshop, "is M-1 A or B?") == Ask(Thing("Machine", ids=("M-1",), shown=("criticality",)))


@pytest.mark.parametrize("asker", ["my boss wants all", "the auditor wants a list of the", "HR asks which"])
def test_who_asks_is_left_out(workshop: Parser, asker: str) -> None:
    assert ask(workshop, f"{asker} machines above 80 kW") == Ask(Thing("Machine", filters=(STRONG,)))
