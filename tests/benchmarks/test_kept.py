"""What parts have found is kept, and the page is written of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from benchmarks.aims import at_least, not_measured
from benchmarks.kept import keep, kept
from benchmarks.ratios import Spread
from benchmarks.readme import aims_table, composed, write
from benchmarks.table import Table


def table(title: str, rate: float = 5.0) -> Table:
    """A table with an aim of four times something."""
    aims = [at_least(title, "a loop", 4, Spread.of([rate]))]
    return Table(title, ("", "a second"), [("ours", f"{rate}")], ["a note"], aims)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "measured"


def test_what_is_kept_is_read_as_it_was(folder):
    keep("mail", [table("E-mail")], took=3.0, load=0.5, folder=folder)
    (found,) = kept(["mail"], folder=folder)
    assert [one.markdown() for one in found.tables] == [table("E-mail").markdown()]
    assert found.tables[0].aims == table("E-mail").aims


def test_a_part_measured_again_leaves_the_others_as_they_were(folder):
    keep("mail", [table("E-mail", 3)], took=3.0, load=0.5, folder=folder)
    keep("vk", [table("VK", 5)], took=3.0, load=0.5, folder=folder)
    before = (folder / "vk.json").read_text()
    keep("mail", [table("E-mail", 6)], took=3.0, load=0.5, folder=folder)
    assert (folder / "vk.json").read_text() == before
    rates = [one.tables[0].rows[0][1] for one in kept(["mail", "vk"], folder=folder)]
    assert rates == ["6", "5"]


def test_parts_stand_in_the_order_asked_for(folder):
    for name in ("vk", "mail"):
        keep(name, [], took=1.0, load=0.5, folder=folder)
    assert [one.part for one in kept(["mail", "vk"], folder=folder)] == ["mail", "vk"]


def test_a_part_that_was_never_measured_is_left_out(folder):
    assert kept(["mail"], folder=folder) == []


def test_each_part_has_the_day_it_was_measured_on(folder, tmp_path):
    for name in ("mail", "vk"):
        keep(name, [table(name)], took=7.0, load=0.5, folder=folder)
    old = json.loads((folder / "vk.json").read_text())
    (folder / "vk.json").write_text(json.dumps({**old, "on": "2026-09-01T10:30:00+00:00"}))
    page = write(["mail", "vk"], page=tmp_path / "README.md", folder=folder).read_text()
    mail, vk = [line for line in page.splitlines() if line.startswith(("| mail ", "| vk "))][-2:]
    assert f"{datetime.now(UTC):%d %B %Y}" in mail
    assert "01 September 2026, 10:30 UTC" in vk


def test_a_part_that_was_never_measured_is_named_as_such(folder, tmp_path):
    keep("mail", [table("E-mail")], took=1.0, load=0.5, folder=folder)
    page = write(["mail", "vk"], page=tmp_path / "README.md", folder=folder).read_text()
    (line,) = (line for line in page.splitlines() if line.startswith("| vk"))
    assert line.split("|")[2].strip() == "never"


def test_the_page_begins_with_the_aims_of_all_parts(folder):
    keep("mail", [table("E-mail", 5)], took=1.0, load=0.5, folder=folder)
    keep("vk", [table("VK", 3)], took=1.0, load=0.5, folder=folder)
    page = composed(kept(["mail", "vk"], folder=folder))
    first, second, *_ = page.split("\n## ")[1:]
    assert first.startswith("What was aimed at")
    assert [line.split("|")[1].strip() for line in first.splitlines()[4:6]] == ["E-mail", "VK"]
    assert [line.split("|")[5].strip() for line in first.splitlines()[4:6]] == ["yes", "**no**"]
    assert second.startswith("E-mail")


def test_an_aim_that_could_not_be_measured_says_why():
    row = not_measured("mail", "smtp-source", "≥ 0.6×", "there is none")
    (found,) = aims_table([Table("", (), [], aims=[row])])
    assert found.rows == [("mail", "smtp-source", "≥ 0.6×", "not measured: there is none", "–")]


def test_tables_without_aims_make_no_table_of_aims():
    assert aims_table([Table("Disk", ("",), [("1",)])]) == []


def test_a_machine_is_named_once_when_all_parts_ran_on_it(folder):
    for name in ("mail", "vk"):
        keep(name, [], took=1.0, load=0.5, folder=folder)
    found = kept(["mail", "vk"], folder=folder)
    assert composed(found).count(found[0].machine) == 1
