"""The router, measured on questions that are not in its training set; and what happens where it is not sure."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import numpy as np
import pytest

from agents.classifier import Classifier, grams, train, trained
from agents.contract import Route
from agents.route import OTHER, SURE, decide_by_model, utterances
from agents.split import split
from agents.understand.words import clean
from inference.contract import Completion

HELD_OUT = tomllib.loads((Path(__file__).parent / "held_out.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return train(utterances())


@pytest.fixture(scope="module")
def judged(classifier, reader) -> list[tuple[str, str, str, float]]:
    """Each held-out question: language, right class, chosen class, confidence.

    Left out are those that are the same as a training utterance once names are masked.
    """
    rows = []
    known = {text for text, _ in utterances()}
    for label, by_language in HELD_OUT.items():
        for language, questions in by_language.items():
            for question in questions:
                masked = reader.read(clean(question)).masked
                if masked not in known:
                    best = classifier.rank(masked)[0]
                    rows.append((language, label, best.label, best.confidence))
    return rows


def test_the_training_set_is_broad_and_names_every_route():
    by_label: dict[str, int] = {}
    for _, label in utterances():
        by_label[label] = by_label.get(label, 0) + 1
    assert set(by_label) == {*(route.value for route in Route if route != Route.CLARIFY), OTHER}
    assert min(by_label.values()) >= 80


def test_the_measure_is_taken_on_questions_it_has_not_seen(judged):
    assert len(judged) >= 130


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nine_in_ten_questions_go_where_they_should(judged, language):
    right = [label == chosen for lang, label, chosen, _ in judged if lang == language]
    assert len(right) > 60
    assert np.mean(right) >= 0.9


def test_where_it_is_sure_it_is_right_more_often(judged):
    sure = [label == chosen for _, label, chosen, confidence in judged if confidence >= SURE]
    assert np.mean(sure) >= 0.93
    assert len(sure) >= 0.9 * len(judged)


def test_confidence_means_what_it_says(judged):
    """Expected calibration error over five bins, Guo et al. 2017."""
    confidence = np.array([row[3] for row in judged])
    right = np.array([row[1] == row[2] for row in judged])
    bins = np.minimum((confidence * 5).astype(int), 4)
    error = sum(abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    assert error <= 0.08


def test_what_is_out_of_scope_is_not_sent_to_a_tool(judged):
    sent = [
        chosen for _, label, chosen, confidence in judged if label == OTHER and confidence >= SURE and chosen != OTHER
    ]
    assert len(sent) <= 3


def test_the_same_utterances_give_the_same_classifier(classifier):
    again = train(utterances())
    assert np.array_equal(again.weights, classifier.weights)
    assert again.temperature == classifier.temperature


def test_it_ranks_as_scikit_learn_does(classifier):
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [text for text, _ in utterances()]
    matrix = TfidfVectorizer(analyzer=grams, sublinear_tf=True).fit(texts).transform(texts[:20])
    scores = matrix @ classifier.weights.T + classifier.offsets
    for text, row in zip(texts[:20], scores, strict=True):
        assert classifier.rank(text)[0].label == classifier.labels[int(np.argmax(row))]


def test_the_cache_gives_back_the_same(classifier, tmp_path):
    first = trained(utterances(), tmp_path)
    (path,) = tmp_path.iterdir()
    again = trained(utterances(), tmp_path)
    assert [path] == list(tmp_path.iterdir())
    assert again.rank("is tagname odd") == first.rank("is tagname odd") == classifier.rank("is tagname odd")


@pytest.mark.parametrize("content", [b"", b"not a zip file", b"PK\x03\x04 cut short"])
def test_a_spoilt_cache_is_made_anew(tmp_path, content):
    trained(utterances(), tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert trained(utterances(), tmp_path).rank("help")[0].label == "help"
    assert path.read_bytes() != content


def test_other_utterances_have_another_cache(tmp_path):
    trained(utterances(), tmp_path)
    trained(utterances()[:-1], tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert trained(utterances(), tmp_path / "file" / "cache").rank("help")[0].label == "help"


def test_words_it_never_saw_leave_it_unsure(classifier):
    assert classifier.rank("xyzzy plugh")[0].confidence < 0.9


class FakeChooser:
    """A model that takes the nth kind it is offered, or always one."""

    name, context_length, grammars = "fake", 2048, True

    def __init__(self, choose):
        self.choose = choose
        self.schemas = []

    def complete(self, messages, options, *, n=1):
        kinds = options.schema["properties"]["kind"]["enum"]
        self.schemas.append(kinds)
        return [Completion(msgspec.json.encode({"kind": self.choose(kinds)}).decode(), True, 1, 1, 0.0)]


def test_the_model_decides_between_the_plausible_routes_only():
    model = FakeChooser(lambda kinds: "graph")
    assert decide_by_model("tell me of it", (Route.GRAPH, Route.MANUAL), model) == Route.GRAPH
    assert {frozenset(kinds) for kinds in model.schemas} == {frozenset({"graph", "manual"})}


def test_a_model_that_takes_whatever_comes_first_does_not_decide():
    assert decide_by_model("tell me of it", (Route.GRAPH, Route.MANUAL), FakeChooser(lambda kinds: kinds[0])) is None


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("what does E07 mean and is the exchanger odd today?", [Route.MANUAL, Route.ANOMALY]),
        ("que signifie E07 et l'échangeur est-il normal aujourd'hui ?", [Route.MANUAL, Route.ANOMALY]),
        ("which sensors are on P-101? any alerts there today?", [Route.GRAPH, Route.ALERTS]),
        ("forecast TT-02 for 2 hours, then show the alerts", [Route.FORECAST, Route.ALERTS]),
        ("forecast FT-01 and TT-02 for 2 hours", [Route.FORECAST]),
        ("open work orders on P-101 and P-102", [Route.GRAPH]),
        ("is P-101 and is P-102 odd?", [Route.ANOMALY]),
    ],
)
def test_a_compound_question_is_split_where_its_parts_go_elsewhere(classifier, reader, text, routes):
    assert [part.sure for part in split(reader.read(text), reader, classifier)] == routes
