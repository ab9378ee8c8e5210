"""The demo manual: made from its text to the byte, labelled as printed, in accordance with registry and graph."""

from __future__ import annotations

import csv
import re

import pdfplumber
import pypdf
import pytest

from ingestion.demo import MANUAL
from ingestion.simulator.manual import page_label, write_manual
from ingestion.simulator.registry import PLANT_DIR, load_registry


@pytest.fixture(scope="module")
def manual():
    """The text and the tables of each page."""
    with pdfplumber.open(MANUAL) as document:
        return [(page.extract_text(), page.extract_tables()) for page in document.pages]


@pytest.fixture
def pages(manual):
    return [text for text, _ in manual]


@pytest.fixture
def rows_of(manual):
    """Gives all rows of the tables with a head, over pages."""

    def rows(*head):
        tables = [table for _, tables in manual for table in tables if table[0] == list(head)]
        return [[" ".join(cell.split()) for cell in row] for table in tables for row in table[1:]]

    return rows


def read_csv(name):
    with (PLANT_DIR / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_generator_gives_the_committed_bytes(tmp_path):
    write_manual(tmp_path / "manual.pdf")
    assert (tmp_path / "manual.pdf").read_bytes() == MANUAL.read_bytes(), (
        "the text has changed: python -m ingestion.simulator.manual ingestion/simulator/cw100/CW-100-manual.pdf"
    )


def test_the_labels_of_the_file_are_those_printed_in_the_footers(pages):
    declared = pypdf.PdfReader(MANUAL).page_labels
    printed = [text.splitlines()[-1] for text in pages]
    assert declared == printed == [page_label(number) for number in range(1, len(pages) + 1)]
    assert declared[:4] == ["i", "ii", "1", "2"]


def test_the_contents_name_the_page_that_each_chapter_is_on(pages):
    entries = re.findall(r"^(\d+ [A-Z].*?) [. ]+ ?(\d+)$", pages[1], re.MULTILINE)
    assert len(entries) == 10
    for title, label in entries:
        assert f"\n{title}\n" in pages[int(label) + 1] + "\n"


def test_every_fault_code_has_meaning_cause_and_remedy_and_means_what_the_graph_says(rows_of):
    faults = rows_of("Code", "Meaning", "Cause", "Remedy")
    assert [row[0] for row in faults] == [f"E{number:02}" for number in range(1, 19)]
    assert all(all(row) for row in faults)
    names = {row["code"]: row["name"] for row in read_csv("graph/failure_modes.csv")}
    assert {row[0]: row[1].lower() for row in faults} == {code: name.lower() for code, name in names.items()}


def test_sections_that_fault_codes_refer_to_are_there(pages):
    text = "\n".join(pages[2:])
    for row in read_csv("faults.csv"):
        for section in re.findall(r"\((\d+\.\d+)\)", row["remedy"]):
            assert re.search(rf"^{re.escape(section)} [A-Z]", text, re.MULTILINE), row


def test_the_torque_table_is_ruled(rows_of):
    torques = rows_of("Connection", "Thread", "Torque")
    assert ["Pump casing nuts", "M12", "60 Nm"] in torques
    assert len(torques) == 15


def test_the_instruments_are_those_of_the_registry(rows_of):
    listed = {row[0]: row[2] for row in rows_of("Tag", "Measures", "Unit", "Range", "Limits")}
    assert listed == {sensor.tag: sensor.unit for sensor in load_registry()}


def test_the_parts_are_those_of_the_graph(rows_of):
    listed = {row[0] for row in rows_of("Number", "Part", "Fits")}
    assert listed == {row["number"] for row in read_csv("graph/parts.csv")}


def test_it_has_warnings_in_boxes_and_numbered_steps(pages):
    text = "\n".join(pages)
    assert text.count("WARNING: ") >= 6
    assert "1. Check that the suction valve of the pump is fully open." in text


def test_there_is_no_telephone_number_in_it(pages):
    text = "\n".join(pages)
    assert not re.search(
        r"telephone|phone|\btel\b|\+\d{2}|\d{3}[ -]\d{3,4}[ -]\d{3,4}|\(0\)|e-?mail|@", text, re.IGNORECASE
    )
