"""`demo --json`: the main job from end to end, and whether what it tells is true."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import PATIENCE, Program, Said


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def said(home: Path) -> Said:
    child = Program(home).start("demo", "--json", BROADCASTER_DEMO=str(home))
    out, err = child.communicate(timeout=PATIENCE * 4)
    return Said(child.returncode, out, err)


@pytest.fixture(scope="module")
def told(said: Said) -> Any:
    return said.json


def test_it_ends_well_within_a_minute(said: Said, told: Any) -> None:
    assert (said.code, said.err) == (0, "")
    assert told["seconds"] < 45


def test_every_copy_is_in_exactly_one_state(told: Any, home: Path) -> None:
    reports = (told, told["calendar"]["report"])
    copies = sum(line["count"] for one in reports for line in one["copies_by_state"])
    assert copies == Program(home).rows("store_delivery")


def test_every_parent_is_reached_on_some_number_of_channels(told: Any, home: Path) -> None:
    assert sum(told["people_by_channels"].values()) == Program(home).rows("store_guardian")


def test_those_reached_on_no_channel_are_named_with_reasons(told: Any) -> None:
    unreached = told["unreached"]
    assert len(unreached) == told["people_by_channels"]["0"] > 0
    assert all(one["tries"] for one in unreached)


def test_the_planned_faults_have_happened(told: Any) -> None:
    reasons = {
        (line["channel"], line["reason"])
        for line in told["copies_by_state"]
        if line["state"] == "failed"
    }
    assert reasons == {
        ("telegram", "blocked"),
        ("email", "not_found"),
        ("vk", "no_permission"),
    }


def test_nothing_is_left_in_doubt(told: Any) -> None:
    assert told["unconfirmed"] == 0


def test_what_is_reported_as_reached_has_arrived_on_the_phones(told: Any) -> None:
    """The gallery is drawn from what the platforms got, the report from our own rows."""
    page = Path(told["gallery"]).read_text("utf-8")
    parents = page.partition('id="parents"')[2]
    cards = re.findall(r'<article class="card" [^>]*data-channels="([^"]*)"', parents)
    arrived = Counter(len(channels.split()) for channels in cards)
    reported = {int(number): people for number, people in told["people_by_channels"].items()}
    assert {number: arrived[number] for number in reported if number} == {
        number: people for number, people in reported.items() if number
    }


def test_every_destination_shows_it(told: Any) -> None:
    sent = sum(
        line["count"]
        for line in told["copies_by_state"]
        if not line["personal"] and line["state"] == "sent"
    )
    assert sent == sum(line["count"] for line in told["copies_by_state"] if not line["personal"])
    assert sent > 0


def test_the_memo_is_drafted_a_week_before_its_hour_and_agreed_to(told: Any) -> None:
    memo = told["calendar"]
    lead = datetime.fromisoformat(memo["send_at"]) - datetime.fromisoformat(memo["drafted_at"])
    assert (memo["item"], lead) == ("thin-ice-autumn", timedelta(days=7))
    assert memo["approved_by"]


def test_the_memo_goes_out_now_on_all_four_channels(told: Any) -> None:
    memo = told["calendar"]["report"]
    assert memo["title"] == told["calendar"]["title"]
    assert datetime.fromisoformat(memo["released_at"]) <= datetime.now(UTC)
    sent = {line["channel"] for line in memo["copies_by_state"] if line["state"] == "sent"}
    assert sent == {"telegram", "vk", "email", "site"}
    assert memo["waiting"] == 0


def test_the_next_years_draft_tells_whom_this_years_memo_reached(told: Any) -> None:
    memo, after = told["calendar"], told["calendar"]["next_year"]
    assert after["day"] > memo["day"]
    people = memo["report"]["people_by_channels"]
    assert after["last_people"] == sum(people.values())
    assert after["last_reached"] == sum(people.values()) - people["0"]


def test_the_site_shows_the_memo_with_its_longer_text(told: Any, home: Path) -> None:
    page = home / "site" / "a" / f"{told['calendar']['report']['announcement']}.html"
    memo = page.read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert "Почему это важно" in memo


def test_the_wall_clock_finds_nothing_to_do_in_the_demos_calendar(home: Path, said: Said) -> None:
    assert said.code == 0
    assert Program(home).rows("store_occasion") == 2


def test_no_child_is_left_behind(home: Path, said: Said) -> None:
    assert said.code == 0
    environments = Path("/proc").glob("[0-9]*/environ")
    left = [file for file in environments if str(home).encode() in _bytes(file)]
    assert left == []


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
