"""The model's way to an answer: its prompt, its grammar, one repair, and the check of sense."""

from __future__ import annotations

import random
import re
from datetime import date

import pytest

from inference.contract import Completion, Message, Options, OutOfTime, PromptTooLong
from inference.fetch import model_path
from plant.errors import BadInput
from plant.facts import Refusal, RefusalCode
from plant.settings import load_settings
from tools.contract import GraphInput
from tools.graph.answer import GraphTool
from tools.graph.catalogue import Catalogue
from tools.graph.examples import masked, packaged
from tools.graph.generate import Generator
from tools.graph.guard import Guard
from tools.graph.parser.lexicon import Lexicon
from tools.graph.prompt import CANNOT, Example, answer_for, prompt_for, prune, query_in, shortest_path
from tools.graph.query_grammar import grammar_of
from tools.graph.sense import makes_sense

TODAY = date(2026, 11, 21)


class FakeModel:
    """Says what it was told to say; keeps what it was asked."""

    name = "fake"
    context_length = 2_048
    adapters = ()

    def __init__(self, *replies, grammars=True):
        self.grammars = grammars
        self.asked = []
        self._replies = list(replies)

    def complete(self, messages, options, *, n=1):
        self.asked.append((list(messages), options))
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return [Completion(reply, True, 10, 10, 0.0)]


@pytest.fixture(scope="module")
def guard(backend):
    return Guard(backend.schema(), row_limit=10)


@pytest.fixture(scope="module")
def lexicon(backend, guard):
    def read(text):
        return backend.run(guard_of_all.check(text), timeout_s=5).rows

    guard_of_all = Guard(backend.schema(), row_limit=1_000)
    return Lexicon(Catalogue.learn(backend.schema(), read))


@pytest.fixture
def write(backend, guard, lexicon):
    """Lets a model that is told what to say write a query."""

    def written(model, question):
        def failure(text):
            return None if backend.run(guard.check(text), timeout_s=5) else "nothing came"

        generator = Generator(model, guard, backend.schema(), packaged())
        return generator.write(question, lexicon.read(question, TODAY), failure)

    return written


CLOSED = "MATCH (a:WorkOrder) WHERE a.status = 'closed' RETURN a.id"


@pytest.mark.parametrize("grammars", [True, False])
def test_a_tuned_model_is_asked_with_its_adapter_and_may_say_that_it_cannot(write, grammars):
    model = FakeModel(CANNOT, grammars=grammars)
    model.adapters = ("manuals", "cypher")
    assert write(model, "closed work orders") is None
    ((_, options),) = model.asked
    assert options.adapter == "cypher"
    assert options.schema is None
    assert (CANNOT in (options.grammar or "")) is grammars


def test_a_model_that_is_not_tuned_is_not_offered_to_say_that_it_cannot(write):
    model = FakeModel(CLOSED)
    assert write(model, "closed work orders").query == CLOSED
    ((_, options),) = model.asked
    assert options.adapter is None
    assert CANNOT not in options.grammar


def test_a_model_writes_under_a_grammar_of_what_the_question_touches(write):
    model = FakeModel(CLOSED)
    generated = write(model, "which work orders are closed?")
    assert (generated.query, generated.repaired) == (CLOSED, False)
    (messages, options) = model.asked[0]
    assert messages[-1] == Message("user", "which work orders are closed?")
    assert re.search(r"^WorkOrder\(.*\bstatus\b.*\)$", messages[0].content, re.MULTILINE)
    assert "Sensor" not in messages[0].content
    assert ".status = 'closed'" in options.grammar
    assert not {"DELETE", "Sensor", "Part"} & set(re.findall(r"\w+", options.grammar))


@pytest.mark.parametrize(
    "written",
    [
        "MATCH (a:WorkOrder) RETURN a.id",
        "MATCH (a:WorkOrder) WHERE a.status = 'closed' RETURN count(a)",
        "MATCH (a:WorkOrder) WHERE NOT a.status = 'closed' RETURN a.id",
        "MATCH (a:WorkOrder) WHERE a.status = 'closed' OR a.status = 'open' RETURN a.id",
        "MATCH (a:WorkOrder)-[:ON]->(b:Asset) WHERE a.status = 'closed' RETURN a.id",
        "MATCH (a:WorkOrder)-[:ON]->(b:Asset) WHERE a.status = 'closed' RETURN b.id",
        "MATCH (a:WorkOrder) WHERE a.status = 'closed' RETURN a.id ORDER BY a.id LIMIT 1",
        "MATCH (a:Asset) RETURN a.id",
        "I do not know.",
        PromptTooLong("too long"),
        BadInput("no"),
    ],
)
def test_plausible_nonsense_of_a_model_is_not_an_answer(write, written):
    assert write(FakeModel(written), "which work orders are closed?") is None


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("how many work orders are closed?", "MATCH (a:WorkOrder) WHERE a.status = 'closed' RETURN count(a)"),
        ("assets without sensors", "MATCH (a:Asset) WHERE NOT EXISTS { MATCH (a)<-[:MEASURES]-(:Sensor) } RETURN a.id"),
        ("parts with stock below 2", "MATCH (p:Part) WHERE p.stock < 2 RETURN p.id, p.stock"),
        ("P-101: what are its sensors", "MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: 'P-101'}) RETURN s.id"),
        (
            "when was the latest work order closed?",
            "MATCH (w:WorkOrder) WHERE w.closed IS NOT NULL RETURN max(w.closed)",
        ),
        ("the oldest work order", "MATCH (w:WorkOrder) RETURN w.id, w.opened ORDER BY w.opened LIMIT 1"),
    ],
)
def test_what_accounts_for_every_word_makes_sense(guard, lexicon, question, query):
    limited = "LIMIT" in query
    assert makes_sense(guard.read(query), lexicon.read(question, TODAY), limited=limited)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("what feeds P-101?", "MATCH (a:Asset {id: 'P-101'})-[:FEEDS]->(b:Asset) RETURN b.id"),
        ("parts with stock below 2", "MATCH (p:Part) WHERE p.stock > 2 RETURN p.id"),
        ("assets without sensors", "MATCH (a:Asset)<-[:MEASURES]-(:Sensor) RETURN a.id"),
        ("sensors on P-101", "MATCH (s:Sensor)-[:MEASURES]->(a:Asset {id: 'P-102'}) RETURN s.id"),
        ("sensors on P-101", "MATCH (s:Sensor)-[:MEASURES]->(a:Asset) RETURN s.id"),
        ("sensors on P-101", "MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: 'P-101'}) RETURN s.unit"),
        ("sensors on P-101", "MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: 'P-101'}) RETURN count(s)"),
        ("orders opened in 2025", "MATCH (w:WorkOrder) WHERE w.opened >= '2025-01-01' RETURN w.id"),
        ("weight of P-101", "MATCH (a:Asset {id: 'P-101'}) RETURN a.id"),
    ],
)
def test_what_turns_a_question_round_makes_none(guard, lexicon, question, query):
    assert not makes_sense(guard.read(query), lexicon.read(question, TODAY), limited=False)


def test_only_a_tuned_model_is_trusted_with_the_way_round_of_a_flow(guard, lexicon):
    query = guard.read("MATCH (:Asset {id: 'P-101'})-[:FEEDS]->(b:Asset) RETURN b.id")
    read = lexicon.read("assets fed by P-101", TODAY)
    assert makes_sense(query, read, limited=False, tuned=True)
    assert not makes_sense(query, read, limited=False)


def test_a_tuned_model_is_held_to_the_names_of_the_graph_and_the_words_of_the_question(write):
    model = FakeModel(CANNOT)
    model.adapters = ("cypher",)
    question = "work orders whose title contains 'Pump seal'"
    write(model, question)
    ((messages, options),) = model.asked
    assert [one.role for one in messages] == ["system", "user"]  # it has seen examples enough
    rules = dict(line.split(" ::= ", 1) for line in options.grammar.splitlines())
    assert '"WorkOrder"' in rules["kind"]
    assert '"Sensor"' not in rules["kind"]
    assert '"technician"' in rules["property"]
    assert any(body.startswith('"Pump" (" " own-') for body in rules.values())
    assert options.probabilities == 1


@pytest.mark.parametrize("question", ["what is the maker's telephone number?", "who are you?", "which ones are open?"])
def test_a_model_is_not_asked_what_the_graph_has_no_word_for(write, question):
    model = FakeModel()
    assert write(model, question) is None
    assert model.asked == []


def test_a_model_repairs_once_with_the_words_of_the_guard(write):
    model = FakeModel("MATCH (a:WorkOrders) RETURN a.id", CLOSED)
    generated = write(model, "which work orders are closed?")
    assert (generated.query, generated.repaired) == (CLOSED, True)
    assert "WorkOrders" in model.asked[1][0][-1].content
    model = FakeModel("MATCH (a:X) RETURN a.id", "MATCH (a:Y) RETURN a.id", CLOSED)
    assert write(model, "which work orders are closed?") is None
    assert len(model.asked) == 2


@pytest.mark.parametrize("reply", ['{"query": "' + CLOSED + '"}', "not JSON", '{"answer": 1}'])
def test_a_model_without_grammars_writes_json(write, reply):
    model = FakeModel(reply, grammars=False)
    generated = write(model, "which work orders are closed?")
    assert (generated is not None) == (CLOSED in reply)
    assert model.asked[0][1].schema is not None


def test_the_tool_says_that_a_model_answered_and_whether_it_was_told(backend, monkeypatch):
    tool = GraphTool(backend, None, load_settings(), FakeModel("MATCH (a:X) RETURN a.id", CLOSED), today=lambda: TODAY)
    monkeypatch.setattr("tools.graph.parser.parse.Parser.parse", lambda *_: None)
    data = tool.run(GraphInput(question="which work orders are closed?")).data
    assert (data["how"], data["repaired"]) == ("model", True)
    assert sorted(row[0] for row in data["rows"]) == ["WO-0990", "WO-0991"]


def test_a_model_that_does_not_answer_leaves_a_refusal(backend, monkeypatch):
    tool = GraphTool(backend, None, load_settings(), FakeModel(OutOfTime("It took 20 s.")), today=lambda: TODAY)
    monkeypatch.setattr("tools.graph.parser.parse.Parser.parse", lambda *_: None)
    result = tool.run(GraphInput(question="which work orders are closed?"))
    assert result.refusal.code is RefusalCode.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (a) RETURN a.id",
        "```cypher\nMATCH (a) RETURN a.id\n```",
        "<think>MATCH wrong</think>Here is the query:\nMATCH (a) RETURN a.id<|im_end|>",
        "MATCH (a) RETURN a.id\n\nThis returns all ids.",
    ],
)
def test_what_a_model_writes_around_a_query_is_dropped(text):
    assert query_in(text) == "MATCH (a) RETURN a.id"


def test_a_schema_is_pruned_to_what_a_question_touches_and_the_ways_between(backend, lexicon):
    pruned = prune(backend.schema(), lexicon.read("sensors in area CW-100 with unit kPa", TODAY).readings)
    assert [node.label for node in pruned.nodes] == ["Area", "Asset", "Sensor"]
    assert {relation.type for relation in pruned.relations} == {"PART_OF", "MEASURES", "FEEDS"}
    assert set(pruned.nodes) <= set(backend.schema().nodes)
    named = {(one.owner, one.property, one.value) for one in pruned.named}
    assert {("Area", "id", "CW-100"), ("Sensor", "unit", "kPa")} <= named


def test_labels_that_nothing_joins_have_no_way_between(backend):
    assert shortest_path(backend.schema().relations, "Area", "Nowhere") == []
    assert [r.type for r in shortest_path(backend.schema().relations, "Sensor", "Area")] == ["MEASURES", "PART_OF"]


def test_the_prompt_is_the_same_when_asking_and_training(backend, lexicon):
    question = "sensors on P-101"
    pruned = prune(backend.schema(), lexicon.read(question, TODAY).readings)
    messages = prompt_for(question, pruned, [Example("sensors on T-9?", "MATCH (s:Sensor) RETURN s.id")])
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert "(Sensor)-[:MEASURES]->(Asset)" in messages[0].content
    assert "Asset.id = 'P-101'" in messages[0].content


@pytest.mark.parametrize(
    ("query", "parameters", "answer"),
    [
        ("MATCH (a {id: $x})\n  RETURN a.id", {"x": "P-101"}, "MATCH (a {id: 'P-101'}) RETURN a.id"),
        ("RETURN $x, '$x', $y", {"x": 3, "y": [True, None, 2.5]}, "RETURN 3, '$x', [true, null, 2.5]"),
        ("RETURN $x", {"x": "it's a \\"}, r"RETURN 'it\'s a \\'"),
    ],
)
def test_an_answer_has_its_values_written_in(query, parameters, answer):
    assert answer_for(query, parameters) == answer


def test_every_packaged_example_passes_the_guard_and_runs(backend, guard):
    pairs = packaged().nearest("which named sensors work orders parts assets et les", 100, lambda _: True)
    assert len(pairs) > 10
    for pair in pairs:
        checked = guard.check(pair.query)
        assert not isinstance(checked, Refusal), (pair.query, checked)
        backend.run(checked, timeout_s=5)


def test_the_nearest_examples_come_last_and_fit_the_graph(lexicon):
    question = masked(
        "which sensors are on the pump P-101?", lexicon.read("which sensors are on the pump P-101?", TODAY)
    )
    assert "P-101" not in question
    assert packaged().nearest(question, 3, lambda _: True)[-1].question == "Which sensors are on P-9?"
    assert packaged().nearest(question, 3, lambda _: False) == []


QUESTIONS = [
    "sensors in bar on assets that feed E-101",
    "work orders opened between 2026-01-01 and 2026-12-31 on the pumps",
    'parts whose name contains "seal", at least 3 in stock',
    "how many failure modes does each asset have?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_whatever_the_grammar_lets_through_is_read_by_the_guard_and_safe(backend, guard, lexicon, question):
    """Random sentences of the grammar: each is Cypher that only reads, though not each makes sense."""
    grammar = Sentences(grammar_of(prune(backend.schema(), lexicon.read(question, TODAY).readings)))
    source = random.Random(question)
    for _ in range(25):
        checked = guard.read(text := grammar.sentence(source))
        if isinstance(checked, Refusal):
            assert not re.search("only read|not allowed|cannot be read", checked.text), (text, checked)


class Sentences:
    """Draws sentences of a GBNF grammar."""

    TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\[[^\]]*\]|[a-z][a-z0-9-]*|[|()?]|\{\d+,\d+\}')

    def __init__(self, text):
        rules = (line.split(" ::= ", 1) for line in text.splitlines())
        self.rules = {name: self.TOKEN.findall(body) for name, body in rules}

    def sentence(self, source, rule="root"):
        return self._alternatives(list(self.rules[rule]), source)

    def _alternatives(self, tokens, source):
        """Takes tokens up to a closing bracket and returns one of the alternatives among them."""
        found, parts = [], []
        while tokens and tokens[0] != ")":
            token = tokens.pop(0)
            if token == "|":
                found.append(parts)
                parts = []
                continue
            piece = self._piece(token, tokens)
            least, most = self._times(tokens)
            parts.append((piece, least, most))
        chosen = source.choice([*found, parts])
        return "".join(
            self._drawn(piece, source) for piece, least, most in chosen for _ in range(source.randint(least, most))
        )

    def _piece(self, token, tokens):
        if token != "(":
            return token
        depth, inner = 1, []
        while depth:
            inner.append(tokens.pop(0))
            depth += {"(": 1, ")": -1}.get(inner[-1], 0)
        return inner[:-1]

    def _times(self, tokens):
        if tokens and tokens[0] == "?":
            tokens.pop(0)
            return 0, 1
        if tokens and tokens[0].startswith("{"):
            return tuple(map(int, tokens.pop(0)[1:-1].split(",")))
        return 1, 1

    def _drawn(self, piece, source):
        if isinstance(piece, list):
            return self._alternatives(list(piece), source)
        if piece.startswith('"'):
            return re.sub(r"\\(.)", r"\1", piece[1:-1])
        return source.choice("abxyz") if piece.startswith("[") else self.sentence(source, piece)


@pytest.mark.skipif(not model_path().exists(), reason="no language model: run `make model`")
def test_the_small_model_keeps_to_the_grammar(backend, guard, lexicon):
    from inference.llama import LlamaModel

    question = "which sensors are on P-101?"
    pruned = prune(backend.schema(), lexicon.read(question, TODAY).readings)
    model = LlamaModel(model_path(), context_length=1_024)
    try:
        options = Options(max_tokens=120, grammar=grammar_of(pruned))
        (written,) = model.complete(prompt_for(question, pruned), options)
    finally:
        model.close()
    assert not isinstance(guard.read(written.text), Refusal)
