"""A plant from a folder: what is wrong is said with file and line, and the rest is there."""

from __future__ import annotations

import json
import os
import random

import pytest

from ingestion.plant_graph import read_folder
from ingestion.plant_graph.flow import round_trips
from ingestion.simulator.registry import PLANT_DIR, load_registry
from plant.errors import BadInput
from plant.graph.lines import check_graph
from plant.registry import Registry, Sensor

REGISTRY = Registry(
    [Sensor("P-1.VT-01", description="vibration", unit="mm/s", asset="P-1"), Sensor("X.TT-9", asset="X")]
)
ASSETS = "id,name,kind,area\nP-1,pump one,pump,A\nP-2,pump two,pump,A\n"
AREAS = "id,name\nA,hall\n"


@pytest.fixture
def folder(tmp_path):
    """Writes files and returns their folder."""

    def write(**files):
        for name, content in {"areas.csv": AREAS, "assets.csv": ASSETS, **files}.items():
            path = tmp_path / name
            if content is None:
                path.unlink(missing_ok=True)
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content, encoding="utf-8", newline="")
        return tmp_path

    return write


def read(directory, *extra, registry=REGISTRY):
    plant = read_folder(directory, registry, extra=extra)
    check_graph(plant.nodes, plant.relations)
    return plant


def rejections(plant):
    return [(row.file, row.line, row.reason) for row in plant.rejected]


def triples(plant):
    return {(relation.start, relation.type, relation.end) for relation in plant.relations}


def properties(plant, key):
    return next(node.properties for node in plant.nodes if node.key == key)


def test_assets_alone_are_a_plant(folder):
    plant = read(folder(**{"areas.csv": None, "assets.csv": "id\nP-1\n"}), registry=Registry())
    assert [(node.key, node.label, node.properties) for node in plant.nodes] == [("P-1", "Asset", {})]
    assert (plant.relations, plant.rejected) == ((), ())
    assert plant.notes == ("There are no sensors: there is no sensors file, and the sensor registry is empty.",)


def test_a_plant_is_the_same_as_csv_json_lines_and_one_file(tmp_path):
    rows = {"areas": [{"id": "A", "name": "hall"}], "assets": [{"id": "P-1", "area": "A", "name": 'pump, "one"'}]}
    rows["parts"] = [{"id": "7", "stock": 2}]
    written = {
        "csv": {
            "areas.csv": "id,name\nA,hall\n",
            "assets.csv": 'id,area,name\nP-1,A,"pump, ""one"""\n',
            "parts.csv": "id,stock\n7,2\n",
        },
        "json": {f"{kind}.json": json.dumps(found, indent=1) for kind, found in rows.items()},
        "jsonl": {f"{kind}.jsonl": "\n".join(map(json.dumps, found)) for kind, found in rows.items()},
        "plant": {"plant.json": json.dumps(rows)},
    }
    digests = set()
    for name, files in written.items():
        (tmp_path / name).mkdir()
        for file, content in files.items():
            (tmp_path / name / file).write_text(content, encoding="utf-8")
        digests.add(read(tmp_path / name).digest)
    assert len(digests) == 1


def test_the_digest_tells_what_is_in_a_graph_and_not_in_which_order(folder):
    first = read(folder())
    again = read(folder(**{"assets.csv": "area,id,kind,name\nA,P-2,pump,pump two\nA,P-1,pump,pump one\n"}))
    other = read(folder(**{"assets.csv": ASSETS.replace("two", "three")}))
    assert first.digest == again.digest != other.digest


def test_rows_that_are_wrong_are_rejected_and_the_rest_is_there(folder):
    plant = read(
        folder(
            **{
                "assets.csv": ASSETS + "P-1,again,,\nP-3,three,pump,B\n,nameless,,A\nP-4,four,pump,A,more\nP-5\n"
                "P\x1b-6,x,,\nP-7,ok,,\nP-8,ok,,\nP-9,ok,,\nP-10,ok,,\n",
                "work_orders.csv": "id,status,opened,closed,asset\nW1,open,2026-01-31,,P-1\nW2,open,31/01/2026,,P-1\n"
                "W3,Closed,2026-01-01,2026-01-02,P-2\nW4,waiting,2026-01-01,,P-1\nW5,open,2026-01-01,,\n"
                "W6,open,2026-01-01,,P-3\n",
            }
        )
    )
    assert rejections(plant) == [
        ("assets.csv", 4, "the id 'P-1' is there already, in line 2."),
        ("assets.csv", 5, "there is no Area 'B'."),
        ("assets.csv", 6, "id is empty. It must be filled in."),
        ("assets.csv", 7, "5 cells, but 4 columns."),
        ("assets.csv", 8, "1 cells, but 4 columns."),
        ("assets.csv", 9, "id is 'P\\x1b-6', which has characters that do not print."),
        ("work_orders.csv", 3, "opened is '31/01/2026', which is not a date. Write it 2026-01-31."),
        (
            "work_orders.csv",
            5,
            "the status 'waiting' is neither open nor closed. Keep the plant's own in an extra column.",
        ),
        ("work_orders.csv", 7, "Asset 'P-3' is rejected itself."),
    ]
    assert plant.distrusted == ()
    assert {("W1", "ON", "P-1"), ("W3", "ON", "P-2")} <= triples(plant)
    assert properties(plant, "W3") == {"name": "W3", "status": "closed", "opened": "2026-01-01", "closed": "2026-01-02"}


def test_a_file_of_which_more_than_half_is_rejected_is_not_trusted(folder):
    half = read(folder(**{"parts.csv": "id,stock\na,1\nb,x\n"}))
    more = read(folder(**{"parts.csv": "id,stock\na,1\nb,x\nc,y\n"}))
    assert (half.distrusted, more.distrusted) == ((), ("parts.csv",))


def test_a_kind_among_others_in_one_file_is_judged_alone(folder):
    kinds = {"assets": [{"id": f"P-{number}"} for number in range(9)], "feeds": [{"asset": "X", "fed": "P-1"}]}
    plant = read(folder(**{"areas.csv": None, "assets.csv": None, "plant.json": json.dumps(kinds)}))
    assert plant.distrusted == ("plant.json (feeds)",)


def test_a_work_order_keeps_the_name_that_it_has(folder):
    orders = "id,status,opened,name\nW1,open,2026-01-31,seal leaks\nW2,open,2026-01-31,\n"
    plant = read(folder(**{"work_orders.csv": orders}), "name")
    assert [properties(plant, key)["name"] for key in ("W1", "W2")] == ["seal leaks", "W2"]


@pytest.mark.parametrize(
    ("parents", "wrong"),
    [
        ({"a": "", "b": "a", "c": "b"}, {}),
        ({"a": "a"}, {"a": "goes round"}),
        ({"a": "b", "b": "a", "c": "b"}, {"a": "'b' is rejected", "b": "goes round", "c": "'b' is rejected"}),
        ({"a": "x", "b": "a", "c": ""}, {"a": "no Asset 'x'", "b": "'a' is rejected"}),
        ({"a": "A"}, {"a": "'A' is not of label Asset but of Area"}),
    ],
)
def test_parents_are_a_forest(folder, parents, wrong):
    table = "id,parent\n" + "".join(f"{key},{parent}\n" for key, parent in parents.items())
    plant = read(folder(**{"assets.csv": table}))
    lines = dict(enumerate(parents, start=2))
    found = {lines[row.line]: row.reason for row in plant.rejected}
    assert found.keys() == wrong.keys()
    assert all(words in found[key] for key, words in wrong.items())
    kept = {key: parent for key, parent in parents.items() if key not in wrong and parent}
    assert triples(plant) == {(key, "PART_OF", parent) for key, parent in kept.items()}


def test_a_deep_line_of_parents_neither_overflows_nor_takes_long(folder):
    count = 4_000
    table = "id,parent\n" + "".join(f"a{number},a{number + 1}\n" for number in range(count)) + f"a{count},\n"
    assert len(read(folder(**{"assets.csv": table})).relations) == count


def test_areas_have_parents_too(folder):
    plant = read(folder(**{"areas.csv": "id,parent\nSITE,\nA,SITE\n"}))
    assert ("A", "PART_OF", "SITE") in triples(plant)


def test_flows_may_go_round_and_it_is_said(folder):
    flows = "asset;fed;medium\r\nP-1;P-2;water\r\nP-2;P-1;water\r\nP-1;P-2;\r\nP-1;P-2;water\r\nP-2;P-2;\r\n"
    plant = read(folder(**{"connections.csv": b"\xef\xbb\xbf" + flows.encode()}))
    assert "The flow goes round through 2 assets (P-1, P-2): each is upstream of itself." in plant.notes
    assert rejections(plant) == [
        ("connections.csv", 5, "P-1 FEEDS P-2 is there already, in line 2."),
        ("connections.csv", 6, "P-2 FEEDS itself."),
    ]
    media = [relation.properties for relation in plant.relations if relation.type == "FEEDS"]
    assert media == [{"medium": "water"}, {"medium": "water"}, {}]


@pytest.mark.parametrize("seed", range(5))
def test_round_trips_are_what_reaches_itself(seed):
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(12)]
    pairs = {(a, b) for a, b in ((chance.choice(names), chance.choice(names)) for _ in range(14)) if a != b}
    reach = {name: {b for a, b in pairs if a == name} for name in names}
    for _ in names:
        reach = {name: ends | {far for end in ends for far in reach[end]} for name, ends in reach.items()}
    assert round_trips(pairs) == sorted(name for name in names if name in reach[name])


def test_tags_are_spelled_as_the_registry_spells_them(folder):
    plant = read(
        folder(
            **{
                "sensors.csv": "tag,unit,asset\np-1.vt-01,,\nP-2.TT-01,degC,P-2\nP-1.VT-01,,\n",
                "failure_modes.csv": "id\nE1\n",
                "detected_by.csv": "failure_mode,sensor\nE1,P-1.vt-01\n",
            }
        )
    )
    assert properties(plant, "P-1.VT-01") == {"name": "vibration", "description": "vibration", "unit": "mm/s"}
    assert {("P-1.VT-01", "MEASURES", "P-1"), ("P-2.TT-01", "MEASURES", "P-2")} <= triples(plant)
    assert ("E1", "DETECTED_BY", "P-1.VT-01") in triples(plant)
    assert rejections(plant) == [("sensors.csv", 4, "the id 'P-1.VT-01' is there already, in line 2.")]
    assert "Not in the sensor registry: 1 tag (P-2.TT-01) of sensors.csv." in plant.notes


def test_without_a_file_the_sensors_are_those_of_the_registry_that_sit_here(folder):
    plant = read(folder())
    assert ("P-1.VT-01", "MEASURES", "P-1") in triples(plant)
    assert plant.notes == ("Left out, since their assets are not here: 1 tag (X.TT-9) of the registry.",)


def test_without_any_sensor_what_detects_is_left_out_and_said(folder):
    files = {"failure_modes.csv": "id\nE1\n", "detected_by.csv": "failure_mode,sensor\nE1,S\n"}
    plant = read(folder(**files), registry=Registry())
    assert (plant.rejected, plant.distrusted, plant.left_out) == ((), (), ("detected_by.csv",))
    assert plant.notes[1:] == ("detected_by.csv is left out: neither a sensors file nor the registry has a sensor.",)


def test_an_extra_column_is_a_property_of_its_own_type(folder):
    table = "ID;Criticality;Power kW;Serial No.\nP-1;high;7.5;007\nP-2;;11;12\n"
    plant = read(folder(**{"assets.csv": table}), "criticality", "power kw", "Serial no")
    assert properties(plant, "P-1") == {"criticality": "high", "power_kw": 7.5, "serial_no": "007"}
    assert properties(plant, "P-2") == {"power_kw": 11, "serial_no": "12"}


def test_json_keeps_its_types_and_refuses_what_is_not_plain(folder):
    rows = [
        {"id": 101, "name": "x", "hot": True, "area": None},
        {"id": "b", "name": ["x"]},
        {"id": "c", "name": False},
        ["d"],
        {"name": "no id"},
        {"id": "e", "name": "half \ud800"},
        {"id": "f", "hot": 10**30},
        "TWICE",
        *({"id": f"ok{number}"} for number in range(9)),
    ]
    written = json.dumps(rows, indent=1).replace('"TWICE"', '{"id": "g", "name": "x", "name": "y"}')
    plant = read(folder(**{"assets.csv": None, "assets.json": written}), "hot")
    assert properties(plant, "101") == {"name": "x", "hot": True}
    assert [(row.line, row.reason) for row in plant.rejected] == [
        (8, "name is a list or an object; a plain value belongs there."),
        (14, "name is false, which is not a text."),
        (18, "This is not an object with a name for each value."),
        (21, "id is empty. It must be filled in."),
        (24, "name has half a character in it: 'half \\ud800'."),
        (28, f"hot is {10**30}, which is too large a number."),
        (32, "name is there twice."),
    ]


BAD = {
    "no folder": ({}, "There is no folder"),
    "an unknown column": ({"assets.csv": "id,makr\nP-1,x\n"}, r"line 1: unknown column 'makr'. Did you mean maker\?"),
    "a column of its own": ({"parts.csv": "id,Last Audit\nx,y\n"}, r"Columns: id, .*--extra last_audit"),
    "an unknown column without rows": ({"parts.csv": "id,prise\n"}, r"parts.csv, line 1: unknown column 'prise'"),
    "an unknown name in JSON": ({"parts.json": '[{"id": "a"},\n{"id": "b", "stok": 1}]'}, "line 2: .*'stok'"),
    "a column twice": ({"parts.csv": "id,Name,name\n"}, "the column 'name' is there twice"),
    "a missing column": ({"feeds.csv": "asset\nP-1\n"}, "the column 'fed' is missing"),
    "Latin-1": ({"areas.csv": "id,name\nA,hall\nB,Kältezentrale\n".encode("latin-1")},
                r"areas.csv, line 3: this is not UTF-8 text. It may be Latin-1 \(there it says 'B,Kältezentrale'\)"),
    "Latin-1 after a mark": ({"areas.csv": b"\xef\xbb\xbf" + "id\nä\n".encode("latin-1")}, "line 2: .* 'ä'"),
    "UTF-16": ({"areas.csv": AREAS.encode("utf-16")}, "line 1: this is UTF-16"),
    "a NUL byte": ({"areas.csv": b"id,name\nA,\0\n"}, "areas.csv, line 2: there is a NUL byte"),
    "an empty file": ({"parts.csv": ""}, "parts.csv is empty"),
    "only blanks": ({"parts.json": " \n"}, "parts.json is empty"),
    "an open quotation mark": ({"parts.csv": 'id,name\na,x\nb,"y\nc,z\n'}, "parts.csv, line 3: this is not CSV"),
    "a huge cell": ({"parts.csv": f"id,name\na,{'x' * 200_000}\n"}, "parts.csv, line 2: this is not CSV: field larger"),
    "a kind twice": ({"areas.json": "[]"}, "areas are in areas.csv already"),
    "a kind under two names": ({"feeds.csv": "asset,fed\n", "connections.csv": "asset,fed\n"}, "feeds are in conn"),
    "no assets": ({"assets.csv": None}, "has no assets"),
    "a header of assets alone": ({"assets.csv": "id,name\n"}, "has no assets"),
    "a list of no assets": ({"assets.csv": None, "assets.json": "[]"}, "has no assets"),
    "a column without a name": ({"assets.csv": "id,,name\nP-1,x,y\n"}, r"line 1: the column '' has no name"),
    "a column that the engines keep": ({"assets.csv": "id,Type\nP-1,x\n"}, "'Type' cannot be .*own_type"),
    "a second id": ({"sensors.csv": "tag,id\nP-1.VT-01,7\n"}, "'id' cannot be a property"),
    "nearly a name": ({"work-orders.csv": "id\n"}, "Did you mean work_orders.csv"),
    "a wrong kind": ({"plant.json": '{"asets": []}'}, "there is no kind 'asets'. Did you mean assets"),
    "broken JSON": ({"parts.json": '[{"id": "a"},\n{"id": }]'}, "parts.json, line 2: this is not JSON as a plant's is"),
    "JSON of another shape": ({"parts.json": '{"id": "a"} 7 ]'}, "parts.json, line 1"),
    "JSON that goes on": ({"parts.json": "[] []"}, "something follows its end"),
    "JSON that is not a number": ({"parts.json": '[{"id": "a",\n"stock": NaN}]'}, "line 1: .*NaN is not a number"),
    "deep JSON": ({"parts.json": "[" * 100_000}, "nested too deeply"),
    "a number of many digits": ({"parts.json": f'[{{"id": {"1" * 9_000}}}]'}, "parts.json, line 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_folder_that_cannot_be_trusted_is_refused(folder, name):
    files, words = BAD[name]
    directory = folder(**files) if files else folder() / "none"
    with pytest.raises(BadInput, match=words):
        read(directory)


def test_a_cell_of_many_characters_is_rejected(folder):
    plant = read(folder(**{"parts.csv": f"id,name\na,{'x' * 20_000}\nb,y\n"}))
    assert rejections(plant) == [("parts.csv", 2, "name has 20000 characters; at most 10000 are kept.")]


@pytest.mark.parametrize(
    ("extra", "words"),
    [("colour", "has a column 'colour'"), ("§", "cannot be a property"), ("7th", "cannot be"), ("type", "own_type")],
)
def test_an_extra_column_that_is_none_is_refused(folder, extra, words):
    with pytest.raises(BadInput, match=words):
        read(folder(), extra)


def test_a_link_out_of_the_folder_is_refused_and_one_within_is_read(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secrets.csv"
    outside.write_text("id\nsecret\n")
    directory = folder(**{"x.txt": "id\nPT-1\n"})
    (directory / "parts.csv").symlink_to(directory / "x.txt")
    assert "PT-1" in {node.key for node in read(directory).nodes}
    (directory / "parts.csv").unlink()
    (directory / "parts.csv").symlink_to(outside)
    with pytest.raises(BadInput, match="outside the folder"):
        read(directory)


@pytest.mark.parametrize(
    "make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to(path)], ids=["pipe", "folder", "loop"]
)
def test_what_is_no_file_is_refused(folder, make):
    directory = folder()
    make(directory / "parts.csv")
    with pytest.raises(BadInput, match=r"parts\.csv (is not a file|cannot be read|is a link)"):
        read(directory)


def test_other_files_are_left_out_and_said(folder):
    directory = folder(**{"readings.csv": "x\n", "notes.txt": "x", "parts.csv": "id,name\n", "._assets.csv": b"\0"})
    assert read(directory).notes[:2] == (
        "readings.csv is none of a plant's files and is left out.",
        "parts.csv has no rows.",
    )


def test_empty_cells_at_the_end_and_blank_lines_are_nothing(folder):
    plant = read(folder(**{"parts.csv": "id;name;;\n\na;x;;\n;;;\nb;y\n"}))
    assert properties(plant, "a") == {"name": "x"}
    assert properties(plant, "b") == {"name": "y"}
    assert plant.rejected == ()


def test_a_text_of_two_lines_is_one_row(folder):
    plant = read(folder(**{"parts.csv": 'id,name,stock\na,"x\ny",1\nb,z,?\nc,z,1\n'}))
    assert properties(plant, "a")["name"] == "x\ny"
    assert rejections(plant) == [("parts.csv", 4, "stock is '?', which is not a whole number.")]


def test_the_demo_plant_has_nothing_to_say_against(tmp_path):
    plant = read(PLANT_DIR / "graph", registry=load_registry())
    assert (plant.rejected, plant.distrusted) == ((), ())
