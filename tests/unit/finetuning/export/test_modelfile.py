"""The template that Ollama is given says what training's said."""

from __future__ import annotations

import pytest

pytest.importorskip("transformers", reason="the training stack is not installed: make test FINETUNE=1")

from finetuning.export.modelfile import chat_template, modelfile
from finetuning.training.bases import Base, load_tokenizer
from plant.errors import BadInput

DEFAULT_SYSTEM = (
    "{% for m in messages %}{% if loop.first and m['role'] != 'system' %}<|im_start|>system\nBe brief.<|im_end|>\n"
    "{% endif %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
)
TAGGED = (
    "<s>{% for m in messages %}{% if m['role'] == 'user' %}[INST] {{ m['content'] }} [/INST]"
    "{% elif m['role'] == 'system' %}<<SYS>>{{ m['content'] }}<</SYS>>{% else %} {{ m['content'] }}</s>"
    "{% endif %}{% endfor %}"
)


@pytest.fixture
def tokenizer(base_of):
    base = base_of("llama")
    return load_tokenizer(Base(base.folder, "tiny", "", "llama"))


@pytest.mark.parametrize("template", [None, DEFAULT_SYSTEM, TAGGED], ids=["own", "default-system", "tagged"])
def test_a_chat_is_rendered_as_in_training(tokenizer, template):
    tokenizer.chat_template = template or tokenizer.chat_template
    found = chat_template(tokenizer)
    for roles in (["user"], ["system", "user"], ["system", "user", "assistant", "user"]):
        turns = [(role, f"{role}, {number}") for number, role in enumerate(roles)]
        messages = [{"role": role, "content": content} for role, content in [*turns, ("assistant", "HERE")]]
        trained = tokenizer.apply_chat_template(messages, tokenize=False).partition("HERE")[0]
        assert found.render(turns) == trained


def test_the_stop_text_is_what_ends_a_turn(tokenizer):
    assert chat_template(tokenizer).stop == "<|im_end|>"


def test_a_modelfile_names_what_ollama_needs(tokenizer):
    text = modelfile("/models/base.gguf", "manuals.gguf", chat_template(tokenizer), 2_048)
    lines = text.splitlines()
    assert lines[:2] == ["FROM /models/base.gguf", "ADAPTER manuals.gguf"]
    assert lines[-3:] == ['PARAMETER stop "<|im_end|>"', "PARAMETER temperature 0", "PARAMETER num_ctx 2048"]
    assert text.count('"""') == 2


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% for m in messages %}{{ m['content'] | upper }}{% endfor %}", "depends on more than the turn before"),
        ("{% for m in messages %}{{ '{{' + m['content'] }}{% endfor %}", "two braces"),
        ("{{ messages[0]['content'] }}", "leaves out or repeats"),
        ("{% for m in messages %}{{ loop.index }}{{ m['content'] }}{% endfor %}", "depends on more"),
        ("{{ raise_exception('no system') }}", "refuses a chat: no system"),
    ],
    ids=["upper", "braces", "first", "index", "refuses"],
)
def test_a_template_that_cannot_be_said_is_refused(tokenizer, template, said):
    tokenizer.chat_template = template
    with pytest.raises(BadInput, match=said):
        chat_template(tokenizer)
