"""Settings: who wins, and what a typing error gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plant.errors import SettingsError
from plant.settings import load_settings, origins, settings_file

if TYPE_CHECKING:
    from pathlib import Path


def write(text: str) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(text, encoding="utf-8")


def test_the_command_line_outranks_the_environment_and_that_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write('[stream]\ngroup = "file"\nsource = "file"\nalerts = "file"\n')
    monkeypatch.setenv("MILLHAND_STREAM__SOURCE", "environment")
    monkeypatch.setenv("MILLHAND_STREAM__ALERTS", "environment")
    overrides = {"stream": {"alerts": "command line"}}
    stream = load_settings(overrides).stream
    assert (stream.group, stream.source, stream.alerts) == ("file", "environment", "command line")
    won = origins(load_settings(overrides), overrides)
    assert won["stream.group"] == ("file", str(settings_file()))
    assert won["stream.source"] == ("environment", "MILLHAND_STREAM__SOURCE")
    assert won["stream.alerts"] == ("command line", "command line")
    assert won["stream.clock_bound_ms"] == (300_000, "default")


def test_paths_lie_beside_the_store(tmp_path: Path) -> None:
    settings = load_settings({"store": {"path": str(tmp_path / "plant.db")}})
    assert settings.graph_path == tmp_path / "plant.graph"
    assert settings.memory_path == tmp_path / "plant.memory.db"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[store]\npaht = 'x'\n", "no setting store.paht. Did you mean path?"),
        ("[stroe]\npath = 'x'\n", "no setting stroe. Did you mean store"),
        ("[stream]\nmax_messages = 0\n", "stream.max_messages does not fit"),
        ("[stream\n", "is not a TOML file"),
        ("[graph]\ntimeout_s = 'soon'\n", "graph.timeout_s does not fit"),
    ],
)
def test_a_wrong_file_gets_a_sentence(text: str, said: str) -> None:
    write(text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert said in str(caught.value)


def test_a_wrong_variable_gets_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLHAND_STORE__PAHT", "x")
    with pytest.raises(SettingsError, match="MILLHAND_STORE__PATH"):
        load_settings()


def test_secrets_are_no_part_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLHAND_GRAPH_PASSWORD", "hush")
    assert "hush" not in repr(load_settings())


@pytest.mark.parametrize(
    "url",
    ["https://ann:s@cret@host:8443/hook/cr@t?key=1", "https://cret@host:8443/hook", "https://host:8443?key=cret"],
)
def test_a_secret_in_a_url_is_not_printed(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("MILLHAND_ALERTS__WEBHOOK", url)
    monkeypatch.setenv("MILLHAND_GRAPH__URL", "neo4j+s://ann@host")
    settings = load_settings()
    assert settings.alerts.webhook == url
    won = origins(settings)
    assert won["alerts.webhook"][0] == "https://host:8443/***"
    assert won["graph.url"][0] == "neo4j+s://ann@host"
