"""Recipes: every key explained, the command line over the file, a sentence for what is wrong."""

from __future__ import annotations

import pytest
import yaml

from finetuning.training.recipe import KEYS, Method, Recipe, load_recipe, parse_given, schema_lines, to_yaml
from finetuning.training.sweep import combinations
from plant.errors import BadInput, UsageError


def test_the_schema_is_a_recipe_of_the_defaults() -> None:
    text = "\n".join(schema_lines())
    assert Recipe.model_validate(yaml.safe_load(text)) == Recipe.model_validate({})
    assert all(f"\n{key}: " in f"\n{text}" for key in KEYS)


def test_a_recipe_is_read_as_it_was_written(tmp_path) -> None:
    path = tmp_path / "r.yaml"
    recipe = Recipe.model_validate({"data": "a,b", "from": "runs/x", "method": "dora", "targets": ["q_proj"]})
    path.write_text(to_yaml(recipe))
    assert load_recipe(path) == recipe


def test_the_command_line_outranks_the_file(tmp_path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("rank: 4\nlearning_rate: 1e-3\n")
    given = parse_given(["--rank", "8", "--method=rslora", "--from", "runs/x", "--early-stopping", "3"])
    recipe = load_recipe(path, given)
    assert (recipe.rank, recipe.method, recipe.learning_rate, recipe.early_stopping) == (8, Method.RSLORA, 1e-3, 3)
    assert str(recipe.from_run) == "runs/x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rnak: 8", r"r.yaml: 'rnak' is not a key of a recipe. Did you mean rank\?"),
        ("rank: 0", "r.yaml: rank is 0: input should be greater than or equal to 1"),
        ("rank: many", "r.yaml: rank is 'many': input should be a valid integer"),
        ("method: lara", "r.yaml: method is 'lara': input should be 'full', 'lora', 'rslora', 'dora' or 'qlora'"),
        ("from_run: x", "'from_run' is not a key"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path, text, said) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        load_recipe(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: [", "is not YAML"),
        (b"\xff\xfe\x00", "is not YAML"),
        (b"- 1\n- 2", "is not a table of keys"),
    ],
    ids=["cut", "binary", "list"],
)
def test_a_file_that_is_no_recipe(tmp_path, content, said) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        load_recipe(path)
    with pytest.raises(BadInput, match="There is no recipe"):
        load_recipe(tmp_path / "other.yaml")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rank"], "'rank' belongs to no key"),
        (["--rank"], "--rank has no value"),
        (["--rank", "--alpha", "3"], "--rank has no value"),
    ],
    ids=["word", "end", "key"],
)
def test_words_that_are_no_keys(words, said) -> None:
    with pytest.raises(UsageError, match=said):
        parse_given(words)


def test_a_sweep_is_every_combination() -> None:
    found = combinations(["rank=4,8", "learning-rate=1e-4"])
    assert [name for name, _ in found] == ["rank-4_learning_rate-1e-4", "rank-8_learning_rate-1e-4"]
    assert load_recipe(None, found[1][1]).learning_rate == 1e-4
    with pytest.raises(UsageError, match="no such key"):
        combinations(["rnak=4"])
    with pytest.raises(UsageError, match="no part of a sweep"):
        combinations(["rank"])
