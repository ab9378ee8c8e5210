"""What the exporter leaves behind, and what it says of runs, bases and disks that will not do."""

from __future__ import annotations

import errno
import json

import pytest

pytest.importorskip("peft", reason="the training stack is not installed: make test FINETUNE=1")

from finetuning.export.examples import examples_of
from finetuning.export.forms import STACK, Exporter, Form, read_exports
from finetuning.export.tuned import open_tuned
from finetuning.training import bases
from finetuning.training.bases import load_tokenizer
from finetuning.training.encoding import Encoder
from inference.adapters import sum_of
from plant.errors import BadInput, ExitCode, UsageError
from tests.limits import largest_file
from tests.unit.finetuning.export.tiny import make_run
from tui.cli.main import main


@pytest.fixture
def base(base_of):
    return base_of("llama")


@pytest.fixture
def run(base, data, tmp_path):
    return make_run(tmp_path / "run", base.folder, data=data)


def opened(run, base):
    return open_tuned(run.folder, gguf=base.gguf, told=print)


def quiet(_text: str) -> None:
    pass


def test_forms_are_made_measured_and_listed(run, base):
    exporter = Exporter(opened(run, base), "manuals", examples=2, told=quiet)
    made = exporter.export([Form.ADAPTER, Form.Q8_0])
    assert [one.form for one in made] == [STACK, "adapter", "merged", "q8_0"]
    stack, adapter, merged, small = made
    assert adapter.file == "manuals.gguf"
    assert adapter.sha256 == sum_of(run.export / "manuals.gguf")
    assert merged.quality is None
    for one in (adapter, small):
        assert one.quality.loss == pytest.approx(stack.quality.loss, abs=0.1)
        assert (one.quality.examples, one.quality.tokens) == (2, stack.quality.tokens)
        assert one.quality.writes_per_s > 0
    assert read_exports(run.export) == made
    assert "ADAPTER manuals.gguf" in (run.export / "Modelfile-adapter").read_text()
    assert "FROM manuals-q8_0.gguf" in (run.export / "Modelfile-q8_0").read_text()


def test_the_same_run_gives_the_same_bytes_and_keeps_other_lines(run, base):
    exporter = Exporter(opened(run, base), "manuals", examples=0, told=quiet)
    first = exporter.export([Form.ADAPTER, Form.MERGED])
    (again,) = exporter.export([Form.ADAPTER])
    assert again == first[0]
    assert [one.form for one in read_exports(run.export)] == ["adapter", "merged"]


def test_parts_of_characters_do_not_count(run, base, data):
    tuned = opened(run, base)
    (one, *_) = examples_of(tuned, Encoder(load_tokenizer(tuned.base)), 3, [data])
    assert len(one.counted) == len(one.encoded.answer)
    assert one.counted.count(False) >= 3  # the three bytes of the bracket at least


@pytest.mark.parametrize(
    ("method", "said"), [("dora", "magnitude for each output"), ("full", "method full: it has no adapter")]
)
def test_what_no_adapter_can_say_is_refused_with_the_reason(base, tmp_path, method, said):
    run = make_run(tmp_path / "run", base.folder, method=method)
    with pytest.raises(UsageError, match=rf"{said}.*--form f16"):
        Exporter(opened(run, base), "manuals", examples=0, told=quiet).export([Form.ADAPTER])
    assert not (run.export / "manuals.gguf").exists()


def test_an_adapter_for_another_base_is_refused(run, base_of, base):
    tuned = open_tuned(run.folder, gguf=base_of("gpt2").gguf, told=print)
    with pytest.raises(BadInput, match="has another shape there"):
        Exporter(tuned, "manuals", examples=0, told=quiet).export([Form.ADAPTER])
    data = json.loads(run.data.read_text())
    data["base"]["sha256"] = "0" * 64
    run.data.write_text(json.dumps(data))
    with pytest.raises(BadInput, match="is another base"):
        opened(run, base)


def test_a_folder_needs_its_gguf_file_named(run, base):
    tuned = open_tuned(run.folder, told=print)
    with pytest.raises(UsageError, match=r"--gguf FILE\.gguf"):
        Exporter(tuned, "manuals", examples=0, told=quiet).export([Form.ADAPTER])
    assert Exporter(tuned, "manuals", examples=0, told=quiet).export([Form.MERGED])


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("adapter_config.json", b"{", "is not the configuration of an adapter"),
        ("adapter_config.json", b'{"peft_type": "IA3", "r": 1, "lora_alpha": 1}', "of the kind IA3"),
        ("adapter_model.safetensors", b"\x10\0\0\0", "may be cut short"),
        ("adapter_model.safetensors", b"\x02\0\0\0\0\0\0\0{}", "no matrices A and B"),
    ],
    ids=["configuration", "kind", "weights", "empty"],
)
def test_a_damaged_adapter_is_said(run, base, file, content, said):
    (run.adapter / file).write_bytes(content)
    for form in (Form.ADAPTER, Form.MERGED):
        with pytest.raises(BadInput, match=said):
            Exporter(opened(run, base), "manuals", examples=0, told=quiet).export([form])
    assert not list(run.export.glob("*.gguf"))


@pytest.mark.parametrize("form", [Form.ADAPTER, Form.MERGED, Form.F16])
def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(run, base, monkeypatch, form):
    exporter = Exporter(opened(run, base), "manuals", examples=0, told=quiet)
    exporter.export([form])
    before = {path.name: path.read_bytes() for path in run.export.rglob("*") if path.is_file()}

    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BadInput, match="cannot be written: No space left on device"):
        exporter.export([form])
    assert {path.name: path.read_bytes() for path in run.export.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("form", [Form.ADAPTER, Form.MERGED, Form.F16])
def test_an_export_that_is_cut_at_its_end_is_said_and_leaves_what_was_there(run, base, form):
    exporter = Exporter(opened(run, base), "manuals", examples=0, told=quiet)
    exporter.export([form])
    before = {path: path.read_bytes() for path in run.export.rglob("*") if path.is_file()}
    largest = max(map(len, before.values()))
    said = rf"{exporter.path_of(form).name} cannot be written: File too large\. No file may be that large there"
    with pytest.raises(BadInput, match=said), largest_file(largest - 1):
        exporter.export([form])
    assert {path: path.read_bytes() for path in run.export.rglob("*") if path.is_file()} == before


def test_a_base_that_the_cache_does_not_take_is_said(base, tmp_path, monkeypatch):
    monkeypatch.setattr(bases, "cache_dir", lambda: tmp_path / "cache")
    said = r"cache/bases/llama-\w+ cannot be written: File too large\. No file may be that large there"
    with pytest.raises(BadInput, match=said), largest_file(5_000):
        bases.open_base(str(base.gguf), told=quiet)
    assert not list(tmp_path.rglob("*.*"))
    assert bases.open_base(str(base.gguf), told=quiet).family == "llama"


def test_a_run_that_is_none_or_has_learnt_nothing_is_said(run, base, tmp_path):
    with pytest.raises(BadInput, match="is not a training run"):
        open_tuned(tmp_path / "nowhere", told=print)
    for file in run.adapter.iterdir():
        file.unlink()
    run.adapter.rmdir()
    with pytest.raises(BadInput, match="has no adapter yet"):
        opened(run, base)


def test_no_examples_is_said(base, tmp_path):
    run = make_run(tmp_path / "run", base.folder)
    with pytest.raises(BadInput, match="--data DIR"):
        Exporter(opened(run, base), "manuals", examples=3, told=quiet)


def test_the_verb_prints_a_table_and_json(run, base, capsys):
    words = ["finetune", "export", str(run.folder), "--gguf", str(base.gguf), "--examples", "1"]
    assert main(words) == ExitCode.ANSWERED
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in table] == ["form", "training", "adapter"]
    assert main([*words, "--json", "--form", "merged", "--examples", "0"]) == ExitCode.ANSWERED
    (merged,) = json.loads(capsys.readouterr().out)
    assert (merged["form"], merged["file"], merged["quality"]) == ("merged", "merged", None)


def test_a_form_that_is_none_offers_the_nearest(run, capsys):
    assert main(["finetune", "export", str(run.folder), "--form", "q8"]) == ExitCode.USAGE
    assert "Did you mean q8_0" in capsys.readouterr().err
