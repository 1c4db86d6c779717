"""Reading an announcement file: what is right is read, what is wrong is told all at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance
from broadcaster.services.drafting import KEYS, Draft, moment_of, read_draft
from broadcaster.services.front_matter import DraftRefused
from broadcaster.services.outlets import Office
from tests.services.stage import MOSCOW, Platform, office, outlet

WHOLE = """\
---
title: Родительское собрание
importance: important
to: [1А, 2Б]
channels: alpha
at: 2026-12-01 18:30
expires: 2026-12-02
data: closed
attachments: [план.txt]
author: Анна Петрова
---
Дорогие {{ имя }}, приходите!
"""

Read = Callable[[str], Draft]
Refused = Callable[[str], list[str]]


@pytest.fixture
def desk() -> Office:
    return office(outlet(Platform(), "alpha", max_attachment=500), outlet(Platform(), "beta"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "план.txt").write_text("план", "utf-8")
    (tmp_path / "дом").mkdir()
    return tmp_path / "дом" / "объявление.md"


@pytest.fixture
def read(desk: Office, file: Path) -> Read:
    """Reads a text as an announcement file."""

    def reading(text: str | bytes) -> Draft:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_draft(desk, file)

    return reading


@pytest.fixture
def refused(read: Read) -> Refused:
    """What is wrong with a text."""

    def reading(text: str) -> list[str]:
        with pytest.raises(DraftRefused) as refusal:
            read(text)
        return [f"{problem.where}: {problem.text}" for problem in refusal.value.problems]

    return reading


def short(**front: Any) -> str:
    """A right announcement with these keys instead of its own."""
    keys = {"title": "Собрание"} | front
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\n{lines}---\nПриходите!\n"


def test_a_whole_announcement_is_read(read: Read, file: Path) -> None:
    (file.parent / "план.txt").write_text("план", "utf-8")
    draft = read(WHOLE)
    assert (draft.title, draft.body) == ("Родительское собрание", "Дорогие {{ имя }}, приходите!")
    assert (draft.importance, draft.data_class) == (Importance.IMPORTANT, DataClass.CLOSED)
    assert (draft.groups, draft.channels, draft.author) == (
        ("1А", "2Б"), ("alpha",), "Анна Петрова",
    )  # fmt: skip
    assert [one.name for one in draft.attachments] == ["план.txt"]


def test_a_title_and_a_text_are_enough(read: Read) -> None:
    draft = read(short())
    assert (draft.importance, draft.data_class, draft.groups, draft.channels) == (
        Importance.ROUTINE, DataClass.PUBLIC, (), (),
    )  # fmt: skip
    assert (draft.at, draft.expires, draft.attachments, draft.author) == (None, None, (), "")


def test_a_file_saved_by_windows_is_read(read: Read) -> None:
    draft = read(b"\xef\xbb\xbf" + short().replace("\n", "\r\n").encode())
    assert (draft.title, draft.body) == ("Собрание", "Приходите!")


@pytest.mark.parametrize("key", ["importance", "data", "to", "channels", "at", "author"])
def test_a_key_left_empty_is_not_there(read: Read, key: str) -> None:
    assert read(short(**{key: ""})).title == "Собрание"


def test_all_problems_are_told_at_once(refused: Refused) -> None:
    problems = refused(
        "---\nimportanse: urgent\nimportance: loud\nto: {a: b}\nchannels: [fax]\nat: завтра\n"
        "expires: никогда\ndata: secret\nattachments: [нет.pdf]\n---\n\n"
    )
    assert [problem.partition(":")[0] for problem in problems] == [
        "importanse", "title", "текст", "importance", "to", "channels", "data", "attachments",
        "at", "expires",
    ]  # fmt: skip


def test_a_refusal_names_the_file_in_every_line(read: Read, file: Path) -> None:
    with pytest.raises(DraftRefused) as refusal:
        read("")
    assert all(line.startswith(f"{file}: ") for line in str(refusal.value).splitlines())


def test_an_unknown_key_is_told_with_the_nearest_one(refused: Refused) -> None:
    [problem] = refused(short(importanse="urgent"))
    assert "«importance»" in problem


@pytest.mark.parametrize(
    "title",
    ['""', "' '", "[a, b]", "{a: b}", "я" * 201, '"две\\nстроки"', '"{{ имя }}"'],
)
def test_a_title_is_one_short_line(refused: Refused, title: str) -> None:
    [problem] = refused(short(title=title))
    assert problem.startswith("title: ")


@pytest.mark.parametrize("title", ["010", "2026-12-01", "2026-02-30", "true", "1e3", "9" * 200])
def test_a_title_may_look_like_something_else(read: Read, title: str) -> None:
    assert read(short(title=title)).title == title


@pytest.mark.parametrize("body", ["", "   \n\n", "\t"])
def test_an_empty_text_is_refused(refused: Refused, body: str) -> None:
    [problem] = refused(f"---\ntitle: Собрание\n---\n{body}")
    assert problem.startswith("текст: ")


def test_an_unknown_hole_is_told_with_its_line_in_the_file(refused: Refused) -> None:
    [problem] = refused("---\ntitle: Собрание\n---\n\nПривет.\n{{ пароль }}\n")
    assert problem.startswith("строка 6: ")


def test_the_line_is_right_when_the_text_stands_above_too(refused: Refused) -> None:
    [problem] = refused("---\ntitle: Собрание\nauthor: '{{ пароль }}'\n---\n{{ пароль }}\n")
    assert problem.startswith("строка 5: ")


def test_the_line_is_right_in_a_file_saved_by_windows(refused: Refused) -> None:
    [problem] = refused("---\r\ntitle: Собрание\r\n---\r\nПривет.\r\n{{ пароль }}\r\n")
    assert problem.startswith("строка 5: ")


def test_broken_front_matter_is_told_with_its_line(refused: Refused) -> None:
    [problem] = refused("---\ntitle: Собрание\nto: [1А\n---\nПриходите!\n")
    assert problem.startswith("строка ")


@pytest.mark.parametrize("text", ['{"title": "a"}\n\nb', "+++\ntitle = [\n+++\nb", "просто текст"])
def test_front_matter_of_another_kind_is_no_front_matter(refused: Refused, text: str) -> None:
    assert refused(text)[0].startswith("title: нет заголовка")


@pytest.mark.parametrize(
    "raw", ["Привет".encode("cp1251"), b"\xff\xfe\x00", "Привет".encode("utf-16")]
)
def test_another_encoding_is_told_with_its_line(read: Read, raw: bytes) -> None:
    with pytest.raises(DraftRefused, match="строка 3: файл не в кодировке UTF-8"):
        read(b"---\ntitle: a\n" + raw)


def test_utf_16_without_a_mark_is_another_encoding_too(read: Read) -> None:
    with pytest.raises(DraftRefused, match="строка 1: файл не в кодировке UTF-8"):
        read("---\ntitle: a\n---\nb".encode("utf-16-le"))


def test_a_file_that_is_not_there_is_told(desk: Office, file: Path) -> None:
    with pytest.raises(DraftRefused, match="не удалось открыть"):
        read_draft(desk, file)


def test_a_folder_is_no_announcement(desk: Office, file: Path) -> None:
    with pytest.raises(DraftRefused, match="не удалось открыть"):
        read_draft(desk, file.parent)


def test_a_text_nobody_writes_by_hand_is_refused(refused: Refused) -> None:
    [problem] = refused("я" * 500_001)
    assert "мегабайт" in problem


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("importance", "loud"), ("importance", "[urgent]"), ("importance", "{a: b}"),
        ("data", "secret"), ("data", "[public]"), ("data", "{a: b}"), ("data", "1"),
        ("to", "{a: b}"), ("to", "[[1А]]"), ("to", "[{a: b}]"), ("to", '[""]'),
        ("channels", "telepathy"), ("attachments", "{a: b}"), ("attachments", "[[a]]"),
        ("author", "[a]"), ("author", "я" * 121),
        ("at", "завтра"), ("at", "[2026-12-01]"), ("at", "2026-13-01 10:00"), ("at", "18:30"),
        ("at", "2026-12-01"), ("at", "2026-02-30"), ("at", "2026-02-30 10:00:00"),
        ("expires", "{a: b}"), ("expires", "1"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_one_problem(refused: Refused, key: str, value: str) -> None:
    [problem] = refused(short(**{key: value}))
    assert problem.startswith(f"{key}: ")


@pytest.mark.parametrize("key", KEYS)
def test_a_bomb_of_aliases_does_not_go_off(refused: Refused, key: str) -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    bomb = "\n".join(["a0: &a0 [x]", *levels, f"{key}: *a29"])
    [problem] = refused(f"---\n{bomb}\n---\nb")
    assert "псевдонимами" in problem


def test_a_tag_of_python_is_not_obeyed(read: Read) -> None:
    assert read(short(author="!!python/object/apply:os.getcwd x")).author == "x"


@pytest.mark.parametrize("hidden", [r"\ud800", r"\0", r"\e[31m", r"\u202e"])
def test_characters_that_cannot_be_kept_are_left_out(read: Read, hidden: str) -> None:
    title = read(short(title=f'"Собра{hidden}ние"')).title
    assert title.isprintable()
    title.encode()


@pytest.mark.parametrize("value", ["7", "[7]", "[ 7 , '7']"])
def test_one_group_may_be_written_without_a_list(read: Read, value: str) -> None:
    assert read(short(to=value)).groups == ("7",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-01 18:30", datetime(2026, 12, 1, 15, 30, tzinfo=UTC)),
        ("2026-12-01 18:30:00", datetime(2026, 12, 1, 15, 30, tzinfo=UTC)),
        ("2026-12-01T18:30:00+05:00", datetime(2026, 12, 1, 13, 30, tzinfo=UTC)),
        ("2026-12-01T18:30:00Z", datetime(2026, 12, 1, 18, 30, tzinfo=UTC)),
        ("'2026-12-01 18:30'", datetime(2026, 12, 1, 15, 30, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("key", ["at", "expires"])
def test_a_time_is_the_schools_unless_it_says_otherwise(
    read: Read, key: str, written: str, meant: datetime
) -> None:
    assert getattr(read(short(**{key: written})), key) == meant


def test_what_is_wanted_until_a_day_is_wanted_on_it(read: Read) -> None:
    expires = read(short(expires="2026-12-01")).expires
    assert expires == datetime.combine(date(2026, 12, 1), time.max, MOSCOW)


def test_a_time_is_aware() -> None:
    assert moment_of(" 2026-12-01 18:30 ", MOSCOW).tzinfo is MOSCOW


@pytest.fixture
def beside(file: Path) -> Path:
    """The announcement's own folder."""
    return file.parent


def test_files_beside_the_announcement_and_below_are_attached(read: Read, beside: Path) -> None:
    (beside / "а.txt").write_text("а", "utf-8")
    (beside / "ниже").mkdir()
    (beside / "ниже" / "б.jpg").write_bytes(b"b")
    first, second = read(short(attachments="[а.txt, ниже/б.jpg]")).attachments
    assert (first.name, first.media_type, first.size) == ("а.txt", "text/plain", 2)
    assert (second.name, second.media_type, second.path) == (
        "б.jpg", "image/jpeg", beside / "ниже" / "б.jpg",
    )  # fmt: skip


def test_a_file_named_twice_is_attached_once(read: Read, beside: Path) -> None:
    (beside / "а.txt").write_text("а", "utf-8")
    assert len(read(short(attachments="[а.txt, а.txt]")).attachments) == 1


@pytest.mark.parametrize(
    "name", ["../план.txt", "../../../../../../etc/passwd", "/etc/passwd", "ниже/../../план.txt"]
)
def test_no_file_from_elsewhere_is_attached(refused: Refused, beside: Path, name: str) -> None:
    (beside / "ниже").mkdir()
    [problem] = refused(short(attachments=f"[{name}]"))
    assert problem.startswith(f"attachments: «{name}»")
    assert "не в папке объявления" in problem


def test_a_link_that_leads_elsewhere_is_not_followed(refused: Refused, beside: Path) -> None:
    (beside / "secret.txt").symlink_to(beside.parent / "план.txt")
    [problem] = refused(short(attachments="[secret.txt]"))
    assert "не в папке объявления" in problem


def test_a_link_within_the_folder_keeps_its_name(read: Read, beside: Path) -> None:
    (beside / "v2.txt").write_text("план", "utf-8")
    (beside / "план.txt").symlink_to(beside / "v2.txt")
    assert read(short(attachments="[план.txt]")).attachments[0].name == "план.txt"


def test_an_announcement_reached_by_a_link_has_its_files_where_it_is(
    desk: Office, beside: Path, read: Read, tmp_path: Path
) -> None:
    (beside / "а.txt").write_text("а", "utf-8")
    read(short(attachments="[а.txt]"))
    (tmp_path / "link").symlink_to(beside)
    assert read_draft(desk, tmp_path / "link" / "объявление.md").attachments


@pytest.mark.parametrize(
    ("name", "words"),
    [("нет.pdf", "нет"), (".", "не файл"), ("", "список"), ('"a\\0b"', "нет"), ("я" * 300, "имя")],
)
def test_a_file_that_cannot_be_attached_is_told(refused: Refused, name: str, words: str) -> None:
    written = name or '""'
    [problem] = refused(short(attachments=f"[{written}]"))
    assert problem.startswith("attachments: ")
    assert words in problem


def test_a_pipe_is_not_waited_for(refused: Refused, beside: Path) -> None:
    os.mkfifo(beside / "pipe")
    [problem] = refused(short(attachments="[pipe]"))
    assert "не файл" in problem


def test_an_empty_file_is_refused(refused: Refused, beside: Path) -> None:
    (beside / "a.txt").touch()
    [problem] = refused(short(attachments="[a.txt]"))
    assert problem == "attachments: «a.txt» пуст."


@pytest.mark.parametrize(("size", "who"), [(1001, "alpha"), (501, "alpha")])
def test_a_file_over_the_strictest_limit_is_refused(
    refused: Refused, beside: Path, size: int, who: str
) -> None:
    (beside / "a.txt").write_bytes(b"a" * size)
    [problem] = refused(short(attachments="[a.txt]"))
    assert who in problem


def test_a_file_of_exactly_the_limit_is_attached(read: Read, beside: Path) -> None:
    (beside / "a.txt").write_bytes(b"a" * 500)
    assert read(short(attachments="[a.txt]")).attachments


def test_too_many_files_are_refused(refused: Refused, beside: Path) -> None:
    for name in "abcd":
        (beside / f"{name}.txt").write_text("a", "utf-8")
    named = short(attachments="[a.txt, b.txt, c.txt, d.txt]")
    assert refused(named) == ["attachments: вложений больше 3."]
