"""`memos`: listed by season, shown one by one, checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.services.calendar import memos as library
from tests.cli.conftest import Settings
from tests.cli.desk import Typed
from tests.memo_files import LONG_AGO, write_memo


@pytest.fixture
def folder(tmp_path: Path, settings_file: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a school that has no memos but its own."""
    monkeypatch.setattr(library, "SHIPPED", tmp_path / "none")
    settings_file(f"school: {{name: Школа}}\ntemplates: {tmp_path}\n")
    made = tmp_path / "memos"
    made.mkdir()
    return made


def write(folder: Path, name: str, *, title: str = "Тонкий лёд", **head: str) -> None:
    write_memo(folder, name, title=title, more="Он тонкий.", **head)


def test_the_list_goes_by_seasons(typed: Typed, folder: Path) -> None:
    write(folder, "a-flood", season="spring", title="Паводок")
    write(folder, "thin-ice")
    said = typed("memos", "list")
    assert said.code == 0
    assert said.out.index("Зима") < said.out.index("thin-ice") < said.out.index("Весна")


def test_the_list_tells_what_is_past_its_review(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice", review_by=LONG_AGO)
    assert "01.01.2021, просрочена" in typed("memos", "list").out


def test_the_list_counts_files_that_are_wrong(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice", season="sometime")
    assert "memos check" in typed("memos", "list").err


def test_the_list_for_programs_has_everything_but_the_texts(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice", review_by=LONG_AGO)
    [memo] = typed("memos", "list", "--json").json["memos"]
    assert (memo["name"], memo["season"], memo["overdue"]) == ("thin-ice", "winter", True)
    assert "body" not in memo


def test_one_memo_is_shown_with_what_the_site_adds(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice")
    said = typed("memos", "show", "thin-ice")
    assert said.out.index("Не выходите на лёд.") < said.out.index("Он тонкий.")
    assert "Рекомендации МЧС России" in said.out


def test_one_memo_for_programs_has_its_texts(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice")
    memo = typed("memos", "show", "thin-ice", "--json").json
    assert (memo["body"], memo["more"]) == ("Не выходите на лёд.", "Он тонкий.")


def test_the_nearest_name_is_offered(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice")
    said = typed("memos", "show", "thin-icy")
    assert (said.code, "«thin-ice»" in said.err) == (3, True)


def test_a_wrong_memo_cannot_be_shown_and_says_why(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice", season="sometime")
    said = typed("memos", "show", "thin-ice")
    assert (said.code, "memos check" in said.err) == (3, True)


def test_memos_in_order_are_all_right(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice")
    said = typed("memos", "check")
    assert (said.code, "1 памятка" in said.out) == (0, True)


def test_a_problem_is_told_with_its_file_and_key(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice", season="sometime")
    said = typed("memos", "check")
    assert said.code == 1
    assert f"{folder / 'thin-ice.md'}: season: " in said.err


def test_a_memo_past_its_review_needs_a_person(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice", review_by=LONG_AGO)
    said = typed("memos", "check")
    assert (said.code, "thin-ice: Просрочена" in said.err) == (1, True)


def test_problems_for_programs_name_file_and_key(typed: Typed, folder: Path) -> None:
    write(folder, "thin-ice", season="sometime")
    write(folder, "flood", review_by=LONG_AGO)
    said = typed("memos", "check", "--json")
    [problem] = said.json["problems"]
    assert (said.code, said.json["ok"], said.json["overdue"]) == (1, False, ["flood"])
    assert (problem["file"], problem["where"]) == (str(folder / "thin-ice.md"), "season")
