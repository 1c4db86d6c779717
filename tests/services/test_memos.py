"""Reading the library of memos: what is wrong stays out and is told, the rest goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from broadcaster.config import ConfigMistake
from broadcaster.domain.memos import LONGEST_SHORT, Age, Season, Topic
from broadcaster.services.calendar import memos as library
from broadcaster.services.calendar.memos import Library, MemoProblem, memos

GOOD: Mapping[str, str] = {
    "title": "Тонкий лёд",
    "season": "winter",
    "ages": "[primary, teenagers]",
    "topic": "ice",
    "basis": "[Рекомендации МЧС России]",
    "reviewed": "2026-09-01",
    "review_by": "2027-09-01",
}
TEXT = "Не выходите на лёд.\n\n<!-- site -->\n\n## Почему\n\nОн тонкий.\n"

Write = Callable[..., None]
Problems = Callable[..., list[tuple[str, str]]]


@pytest.fixture(autouse=True)
def no_shipped_memos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library has nothing but what a test writes."""
    monkeypatch.setattr(library, "SHIPPED", tmp_path / "shipped")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "memos"


@pytest.fixture
def write(folder: Path) -> Write:
    """Writes a memo with some keys different; None leaves one out."""

    def writing(
        name: str = "thin-ice", text: str = TEXT, *, into: Path = folder, **keys: str | None
    ) -> None:
        head = [f"{key}: {value}" for key, value in (GOOD | keys).items() if value is not None]
        into.mkdir(exist_ok=True)
        (into / f"{name}.md").write_text("\n".join(["---", *head, "---", text]), "utf-8")

    return writing


@pytest.fixture
def problems(write: Write, folder: Path) -> Problems:
    """What is said of a memo, which is not in the library then: where and what, hint and all."""

    def telling(
        name: str = "thin-ice", text: str = TEXT, **keys: str | None
    ) -> list[tuple[str, str]]:
        write(name, text, **keys)
        found = memos(folder)
        assert not found.memos
        return [(one.where, f"{one.text} {one.hint}") for one in found.problems]

    return telling


def where(told: list[tuple[str, str]]) -> list[str]:
    return [place for place, _words in told]


def test_a_memo_is_read_with_everything_it_says(write: Write, folder: Path) -> None:
    write()
    memo = memos(folder).memos["thin-ice"]
    assert (memo.title, memo.season, memo.topic) == ("Тонкий лёд", Season.WINTER, Topic.ICE)
    assert (memo.ages, memo.basis) == (
        (Age.PRIMARY, Age.TEENAGERS),
        ("Рекомендации МЧС России",),
    )
    assert (memo.reviewed, memo.review_by) == (date(2026, 9, 1), date(2027, 9, 1))


def test_the_line_for_the_site_parts_the_text(write: Write, folder: Path) -> None:
    write()
    memo = memos(folder).memos["thin-ice"]
    assert (memo.body, memo.more) == ("Не выходите на лёд.", "## Почему\n\nОн тонкий.")


def test_a_memo_may_have_nothing_for_the_site(write: Write, folder: Path) -> None:
    write(text="Не выходите на лёд.")
    assert memos(folder).memos["thin-ice"].more == ""


def test_one_age_and_one_source_need_no_list(write: Write, folder: Path) -> None:
    write(ages="primary", basis="Правила")
    memo = memos(folder).memos["thin-ice"]
    assert (memo.ages, memo.basis) == ((Age.PRIMARY,), ("Правила",))


def test_an_age_named_twice_counts_once(write: Write, folder: Path) -> None:
    write(ages="[primary, primary]")
    assert memos(folder).memos["thin-ice"].ages == (Age.PRIMARY,)


def test_a_good_memo_has_no_problems(write: Write, folder: Path) -> None:
    write()
    assert memos(folder).problems == ()


@pytest.mark.parametrize("key", GOOD)
def test_a_memo_without_a_key_is_refused(key: str, problems: Problems) -> None:
    assert where(problems(**{key: None})) == [key]


@pytest.mark.parametrize("key", GOOD)
def test_a_memo_with_an_empty_key_is_refused(key: str, problems: Problems) -> None:
    assert where(problems(**{key: ""})) == [key]


@pytest.mark.parametrize("key", ["title", "season", "topic", "reviewed", "review_by"])
def test_a_list_where_one_value_belongs_is_refused(key: str, problems: Problems) -> None:
    assert where(problems(**{key: "[a, b]"})) == [key]


@pytest.mark.parametrize("key", ["ages", "basis"])
@pytest.mark.parametrize("value", ["[]", "['']", "{a: b}", "[[a]]", "[primary, '']"])
def test_a_list_with_nothing_to_read_is_refused(key: str, value: str, problems: Problems) -> None:
    assert where(problems(**{key: value})) == [key]


@pytest.mark.parametrize("day", ["2026-02-30", "завтра", "01.09.2026", "2026-09"])
@pytest.mark.parametrize("key", ["reviewed", "review_by"])
def test_what_is_no_date_is_refused(key: str, day: str, problems: Problems) -> None:
    [(place, words)] = problems(**{key: day})
    assert (place, day in words) == (key, True)


def test_a_review_before_the_last_one_is_refused(problems: Problems) -> None:
    assert where(problems(review_by="2026-08-31")) == ["review_by"]


@pytest.mark.parametrize(
    ("key", "value", "near"),
    [
        ("season", "wintr", "winter"),
        ("ages", "[primary, teenager]", "teenagers"),
        ("topic", "watter", "water"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(
    key: str, value: str, near: str, problems: Problems
) -> None:
    [(place, words)] = problems(**{key: value})
    assert (place, f"«{near}»" in words) == (key, True)


def test_an_unknown_key_is_told_with_the_nearest(problems: Problems) -> None:
    [(place, words)] = problems(titl="Лёд")
    assert (place, "«title»" in words) == ("titl", True)


@pytest.mark.parametrize("text", ["", "\n \n", "\n<!-- site -->\n\nТолько для сайта."])
def test_a_memo_without_a_short_text_is_refused(text: str, problems: Problems) -> None:
    assert where(problems(text=text)) == ["текст"]


def test_a_hole_is_refused_with_its_line(problems: Problems) -> None:
    assert where(problems(text="Лёд.\n\nДорогие {{ имя }}!")) == ["строка 12"]


def test_a_hole_for_the_site_is_refused_with_its_line(problems: Problems) -> None:
    assert where(problems(text="Лёд.\n\n<!-- site -->\n\nЕщё.\n{{ имя }}")) == ["строка 15"]


def test_a_hole_in_the_title_is_refused(problems: Problems) -> None:
    assert where(problems(title="'Лёд, {{ имя }}'")) == ["title"]


@pytest.mark.parametrize("title", ["л" * 101, '"лёд\\nи вода"'])
def test_a_title_is_one_line_of_a_hundred_characters(title: str, problems: Problems) -> None:
    assert where(problems(title=title)) == ["title"]


def test_a_short_text_of_one_message_is_kept(write: Write, folder: Path) -> None:
    write(text="л" * LONGEST_SHORT)
    assert memos(folder).memos


def test_a_short_text_that_may_not_fit_one_message_is_refused(problems: Problems) -> None:
    [(place, words)] = problems(text="л" * (LONGEST_SHORT + 1))
    assert (place, "<!-- site -->" in words) == ("текст", True)


def test_addresses_of_links_count_as_they_are_written_out(problems: Problems) -> None:
    address = "https://school.example/" + "a" * LONGEST_SHORT
    assert where(problems(text=f"[здесь]({address})")) == ["текст"]


def test_an_addition_that_cannot_be_shown_is_refused(problems: Problems) -> None:
    assert where(problems(text="Лёд.\n<!-- site -->\n" + "а " * 30_000)) == ["текст"]


@pytest.mark.parametrize("name", ["Thin-Ice", "лёд", "thin_ice", "thin ice"])
def test_a_file_with_another_kind_of_name_is_refused(name: str, problems: Problems) -> None:
    assert where(problems(name)) == ["имя"]


def test_everything_that_is_wrong_is_told_at_once(problems: Problems) -> None:
    told = problems("Лёд", "", title=None, season="wintr", basis=None, reviewed="вчера")
    assert sorted(where(told)) == ["basis", "reviewed", "season", "title", "имя", "текст"]


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", "лёд".encode("cp1251"), b"", b"---\na: [\n---\n"])
def test_a_file_that_cannot_be_read_is_told(raw: bytes, folder: Path) -> None:
    folder.mkdir()
    (folder / "thin-ice.md").write_bytes(raw)
    found = memos(folder)
    assert (bool(found.problems), dict(found.memos)) == (True, {})


def test_a_wrong_file_spoils_no_other(write: Write, folder: Path) -> None:
    write()
    write("flood", title=None)
    found = memos(folder)
    assert (list(found.memos), len(found.problems)) == (["thin-ice"], 1)


def test_a_problem_names_the_file_and_the_key(write: Write, folder: Path) -> None:
    write(title=None)
    [problem] = memos(folder).problems
    assert str(problem).startswith(f"{folder / 'thin-ice.md'}: title: ")


def test_the_schools_own_memo_takes_the_place_of_the_shipped_one(
    write: Write, folder: Path, tmp_path: Path
) -> None:
    write(into=tmp_path / "shipped")
    write("flood", into=tmp_path / "shipped", title="Паводок")
    write(title="Наш пруд")
    titles = {name: memo.title for name, memo in memos(folder).memos.items()}
    assert titles == {"thin-ice": "Наш пруд", "flood": "Паводок"}


def test_a_wrong_memo_of_the_school_does_not_bring_the_shipped_one_back(
    write: Write, folder: Path, tmp_path: Path
) -> None:
    write(into=tmp_path / "shipped")
    write(title=None)
    assert "thin-ice" not in memos(folder).memos


def test_a_folder_that_is_not_there_changes_nothing(
    write: Write, folder: Path, tmp_path: Path
) -> None:
    write(into=tmp_path / "shipped")
    assert list(memos(folder).memos) == ["thin-ice"]


def test_hidden_and_other_files_are_no_memos(folder: Path) -> None:
    folder.mkdir()
    for name in (".thin-ice.md", "thin-ice.md~", "notes.txt"):
        (folder / name).write_text("лёд", "utf-8")
    assert memos(folder) == Library({}, ())


def test_a_link_to_nowhere_is_no_memo(folder: Path) -> None:
    folder.mkdir()
    (folder / "thin-ice.md").symlink_to(folder / "gone.md")
    assert memos(folder) == Library({}, ())


def test_the_library_is_read_once_while_nothing_changes(write: Write, folder: Path) -> None:
    write()
    assert memos(folder) is memos(folder)


def test_a_changed_file_is_read_again(write: Write, folder: Path) -> None:
    write()
    memos(folder)
    write(title="Лёд и вода")
    assert memos(folder).memos["thin-ice"].title == "Лёд и вода"


def test_a_file_of_the_same_size_is_read_again_by_its_time(write: Write, folder: Path) -> None:
    write(title="Лёд и вода")
    memos(folder)
    write(title="Лёд и суша")
    os.utime(folder / "thin-ice.md", ns=(0, 1_000_000_000))
    assert memos(folder).memos["thin-ice"].title == "Лёд и суша"


def test_the_folder_is_the_one_that_the_settings_name(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "school.yaml"
    settings.write_text(f"templates: {tmp_path}", "utf-8")
    monkeypatch.setenv("BROADCASTER_CONFIG", str(settings))
    write()
    assert list(memos().memos) == ["thin-ice"]


def test_settings_that_cannot_be_read_hide_nothing_of_the_schools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "school.yaml"
    settings.write_text("templates: [", "utf-8")
    monkeypatch.setenv("BROADCASTER_CONFIG", str(settings))
    with pytest.raises(ConfigMistake):
        memos()


def test_a_problem_says_what_to_do(write: Write, folder: Path) -> None:
    write(basis=None)
    [problem] = memos(folder).problems
    assert isinstance(problem, MemoProblem)
    assert problem.hint
