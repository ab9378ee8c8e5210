"""The plant graph from CSV: the demo's is whole, and a file that is wrong is named with its line."""

from __future__ import annotations

import shutil
from collections import Counter

import pytest

from ingestion.plant_graph import read_plant
from ingestion.simulator.registry import PLANT_DIR, load_registry
from plant.errors import BadInput
from plant.graph.lines import check_graph
from plant.registry import Registry, Sensor


@pytest.fixture
def directory(tmp_path):
    return shutil.copytree(PLANT_DIR / "graph", tmp_path / "graph")


def test_the_demo_graph_is_whole_and_has_every_label_and_relation():
    nodes, relations = read_plant(PLANT_DIR / "graph")
    check_graph(nodes, relations)
    labels = Counter(node.label for node in nodes)
    assert labels["Sensor"] == len(load_registry())
    assert labels["Asset"] >= 12
    assert labels["FailureMode"] == 18
    assert labels["WorkOrder"] == 20
    assert labels["Part"] == 30
    assert {relation.type for relation in relations} == {
        "PART_OF", "FEEDS", "MEASURES", "DESCRIBES", "AFFECTS", "DETECTED_BY", "ON", "USED", "HAS_PART", "FIXES",
    }  # fmt: skip


def test_the_sensors_of_a_pump_are_those_of_the_registry():
    _, relations = read_plant(PLANT_DIR / "graph")
    found = {relation.start for relation in relations if relation.type == "MEASURES" and relation.end == "P-101"}
    assert found == {sensor.tag for sensor in load_registry().of_asset("P-101")}


def test_properties_have_their_types_and_an_empty_cell_is_no_property():
    nodes = {node.key: node for node in read_plant(PLANT_DIR / "graph")[0]}
    assert nodes["PT-001"].properties["stock"] == 2
    assert nodes["WO-2607"].properties["status"] == "open"
    assert "closed" not in nodes["WO-2607"].properties
    assert nodes["E07"].properties["code"] == "E07"


def test_a_quantity_belongs_to_the_relationship():
    _, relations = read_plant(PLANT_DIR / "graph")
    used = next(r for r in relations if r.type == "USED" and r.start == "WO-2506" and r.end == "PT-015")
    assert used.properties == {"quantity": 2}


def test_a_registry_of_ones_own_takes_the_demos_place(directory):
    (directory / "detected_by.csv").write_text("failure_mode,sensor\nE07,PDT-9\n")
    nodes, relations = read_plant(directory, Registry([Sensor("PDT-9", unit="kPa", asset="E-101")]))
    assert [node.key for node in nodes if node.label == "Sensor"] == ["PDT-9"]
    assert [r.end for r in relations if r.start == "PDT-9"] == ["E-101"]


def edited(directory, name, change):
    path = directory / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("assets.csv", lambda t: t.replace("maker,", "makr,", 1), r"assets.csv, line 1: unknown column 'makr'.*maker"),
        ("feeds.csv", lambda t: t.replace("asset,fed,", "asset,"), r"feeds.csv, line 1: the column 'fed' is missing"),
        (
            "parts.csv",
            lambda t: t.replace("stock", "stock,stock", 1),
            r"parts.csv, line 1: the column 'stock' is there twice",
        ),
        ("feeds.csv", lambda t: t + "P-101,E-110,\n", r"feeds.csv, line 33: there is no Asset 'E-110'.*E-101"),
        ("assets.csv", lambda t: t + "P-101,x,pump,,,,CW-100\n", r"assets.csv, line 20: the id 'P-101'"),
        ("assets.csv", lambda t: t + "P-9,x,pump,,,,CW-999\n", r"assets.csv, line 20: there is no Area 'CW-999'"),
        (
            "feeds.csv",
            lambda t: t + "P-101,E-101,chilled water\n",
            r"line 33: P-101 FEEDS E-101 is there already, in line 6",
        ),
        (
            "fixes.csv",
            lambda t: t + "PT-001,P-101\n",
            r"fixes.csv, line 33: 'P-101' is not of label FailureMode but of Asset",
        ),
        ("feeds.csv", lambda t: t + "P-101\n", r"feeds.csv, line 33: 1 cells, but 3 columns"),
        ("feeds.csv", lambda t: t + ",E-101,\n", r"feeds.csv, line 33: asset is empty"),
        ("parts.csv", lambda t: t + "PT-99,x,N,-3\n", r"parts.csv, line 32: stock is '-3'"),
        ("parts.csv", lambda t: t + "PT-99,x,N,²\n", r"parts.csv, line 32: stock is '²'"),
        (
            "work_orders.csv",
            lambda t: t + "WO-9,x,open,31/01/2026,,X,P-101,\n",
            r"work_orders.csv, line 22: opened is '31/01/2026'",
        ),
        ("work_orders.csv", lambda t: t + "WO-9,x,done,2026-01-31,,X,P-101,\n", r"line 22: the status 'done'"),
        ("work_orders.csv", lambda t: t + "WO-9,x,closed,2026-01-31,,X,P-101,\n", r"line 22: the status is closed"),
        (
            "work_orders.csv",
            lambda t: t + "WO-9,x,closed,2026-01-31,2026-01-01,X,P-101,\n",
            r"line 22: it was closed on 2026-01-01, before",
        ),
        ("parts.csv", lambda t: t + 'PT-99,"x,N,3\n', r"parts.csv, line 32: this is not CSV"),
        ("areas.csv", lambda _: "", r"areas.csv is empty"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(directory, name, change, words):
    edited(directory, name, change)
    with pytest.raises(BadInput, match=words):
        read_plant(directory)


def test_another_encoding_is_said_with_its_line(directory):
    path = directory / "areas.csv"
    path.write_bytes(path.read_bytes() + "X-1,Kältezentrale,\n".encode("latin-1"))
    with pytest.raises(BadInput, match=r"areas.csv, line 5: this is not UTF-8"):
        read_plant(directory)


def test_a_byte_order_mark_and_other_line_ends_are_fine(directory):
    path = directory / "areas.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_plant(directory)[0][0].key == "CW-100"


def test_only_the_assets_must_be_there(directory):
    (directory / "fixes.csv").unlink()
    assert "FIXES" not in {relation.type for relation in read_plant(directory)[1]}
    (directory / "assets.csv").unlink()
    with pytest.raises(BadInput, match=r"has no assets"):
        read_plant(directory)


def test_a_directory_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "plant").write_text("")
    with pytest.raises(BadInput, match="cannot be read"):
        read_plant(tmp_path / "plant")
