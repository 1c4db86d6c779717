"""What a table may look like, and how each mistake in it is told: line, column, what to do."""

from __future__ import annotations

import pytest

from broadcaster.services.people import sheet
from tests.services.import_desk import HEADER, families, plan, plan_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROW = "1А;Камила А.;Алсу Ахметова;101;;alsu@example.org;email;2026-09-01;анкета"
TABLE = f"{HEADER}\n{ROW}\n"


def where(raw: bytes | str) -> list[tuple[int, str]]:
    planned = plan_bytes(raw if isinstance(raw, bytes) else raw.encode())
    assert all(problem.text and problem.hint for problem in planned.problems)
    return [(problem.line, problem.column) for problem in planned.problems]


def in_row(**cells: str) -> list[tuple[int, str]]:
    """The problems of a good row with some cells replaced."""
    good = dict(zip(HEADER.split(";"), ROW.split(";"), strict=True))
    return where(";".join(good) + "\n" + ";".join((good | cells).values()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_utf_8_and_windows_1251_are_read(encoding: str) -> None:
    (row,) = plan_bytes(TABLE.encode(encoding)).people

    assert (row.groups, row.pupil, row.guardian) == (("1А",), "Камила А.", "Алсу Ахметова")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_three_delimiters_are_understood(delimiter: str) -> None:
    planned = plan_bytes(TABLE.replace(";", delimiter).encode())

    assert planned.problems == ()
    assert planned.good_rows == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems_are_understood(end: str) -> None:
    assert plan_bytes(TABLE.replace("\n", end).encode()).good_rows == 1


def test_english_titles_are_understood_in_any_order() -> None:
    planned = plan(
        "a@b.org,Алсу Ахметова,Камила А.,1А,2026-09-01,анкета,email",
        header="Email,Guardian,PUPIL,group,consent,consent_source,prefers",
    )

    (row,) = planned.people
    assert (row.guardian, row.pupil, row.groups) == ("Алсу Ахметова", "Камила А.", ("1А",))
    assert (row.prefers, row.consent_source) == ("email", "анкета")


def test_a_column_that_is_not_needed_may_be_missing() -> None:
    assert plan("1А;Камила А.;Алсу", header="группа;ребенок;родитель").good_rows == 1


def test_quoted_cells_may_hold_the_delimiter() -> None:
    (row,) = plan(
        '"1А,Шахматы",Маша И.,"Ольга ""Оля"" И."', header="группа,ребёнок,родитель"
    ).people

    assert (row.groups, row.guardian) == (("1А", "Шахматы"), 'Ольга "Оля" И.')


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    assert where(f"\n{HEADER}\n;;;;;;;;\n\n1А;;Алсу;101") == [(5, "ребёнок")]


def test_empty_cells_at_the_end_are_no_columns() -> None:
    assert where(f"{HEADER};;\n{ROW};;\n") == []


def test_cells_missing_at_the_end_are_empty() -> None:
    assert plan("1А;Камила А.;Алсу").good_rows == 1


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf", b"\n \r\n\n", b';;;\n"";""\n'])
def test_an_empty_file_is_told(raw: bytes) -> None:
    assert where(raw) == [(0, "")]


def test_a_header_alone_is_told() -> None:
    assert where(HEADER) == [(0, "")]


def test_a_huge_file_is_refused_unread() -> None:
    assert where(b"x" * (sheet.MOST_BYTES + 1)) == [(0, "")]


def test_too_many_rows_are_refused() -> None:
    assert where(f"{HEADER}\n" + f"{ROW}\n" * (sheet.MOST_ROWS + 1)) == [(0, "")]


@pytest.mark.parametrize("raw", [b"PK\x03\x04" + b"x" * 90, b"\xd0\xcf\x11\xe0" + b"\0" * 90])
def test_a_workbook_is_named_as_such(raw: bytes) -> None:
    (problem,) = plan_bytes(raw).problems

    assert "Excel" in problem.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "koi8-r", "cp866", "mac-cyrillic"])
def test_another_encoding_is_told_and_never_guessed(encoding: str) -> None:
    english = TABLE.replace(
        HEADER, "group;pupil;guardian;telegram;vk;email;prefers;consent;consent source"
    )

    for table in (TABLE, english):
        (problem,) = plan_bytes(table.encode(encoding)).problems
        assert "кодировке" in problem.text


def test_the_first_broken_line_of_utf_8_is_named() -> None:
    raw = f"{TABLE}{ROW}\n".encode() + ROW.encode().replace("К".encode(), b"\xd0")

    assert where(raw) == [(4, "")]


def test_an_unclosed_quotation_mark_spoils_its_own_line_only() -> None:
    planned = plan('"1А;Камила А.;Алсу', ROW, "1А;;Алсу")

    assert [(p.line, p.column) for p in planned.problems] == [(2, ""), (4, "ребёнок")]
    assert planned.good_rows == 1


def test_a_header_that_cannot_be_parsed_is_told_alone() -> None:
    assert where(f'\n"{HEADER}\n{ROW}') == [(2, "")]


def test_more_cells_than_columns_are_told() -> None:
    assert where(f"{HEADER}\n{ROW};лишнее") == [(2, "")]


def test_a_repeated_column_is_told_and_leaves_no_good_row() -> None:
    planned = plan(ROW, header=HEADER.replace("vk", "Telegram"))

    assert [(p.line, p.column) for p in planned.problems] == [(1, "Telegram")]
    assert planned.good_rows == 0


@pytest.mark.parametrize(
    ("title", "meant"), [("telegam", "telegram"), ("e-mail", "email"), ("соглосие", "согласие")]
)
def test_an_unknown_column_names_the_nearest_one(title: str, meant: str) -> None:
    (problem,) = plan("1А;Камила А.;Алсу;", header=f"группа;ребёнок;родитель;{title}").problems

    assert (problem.line, problem.column) == (1, title)
    assert f"«{meant}»" in problem.hint


def test_a_column_nobody_knows_names_all_there_are() -> None:
    (problem,) = plan("1А;Камила А.;Алсу;", header="группа;ребёнок;родитель;!!!").problems

    assert "telegram, vk, email" in problem.hint


def test_a_column_without_a_title_is_told() -> None:
    assert where("группа;;ребёнок;родитель\n1А;;Камила А.;Алсу") == [(1, "")]


def test_missing_columns_are_all_told() -> None:
    assert where("группа;email\n1А;a@b.org") == [(1, "ребёнок"), (1, "родитель")]


def test_mistakes_of_header_and_rows_are_told_together() -> None:
    assert where("группа;ребёнок;родитель;email;?\n1А;;Алсу;нет;") == [
        (1, "?"),
        (2, "ребёнок"),
        (2, "email"),
    ]


@pytest.mark.parametrize("column", ["группа", "ребёнок", "родитель"])
@pytest.mark.parametrize("empty", ["", "  ", "\N{NO-BREAK SPACE}", " , "])
def test_an_empty_name_is_told(column: str, empty: str) -> None:
    assert in_row(**{column: empty}) == [(2, column)]


@pytest.mark.parametrize(
    ("column", "cell"),
    [("группа", "x" * 81), ("ребёнок", "x" * 121), ("родитель", "x" * 121), ("email", "x" * 321)],
)
def test_a_text_too_long_for_its_column_is_told(column: str, cell: str) -> None:
    assert in_row(**{column: cell}) == [(2, column)]


def test_a_text_as_long_as_its_column_is_fine() -> None:
    assert in_row(группа="x" * 80, ребёнок="x" * 120, родитель="x" * 120) == []


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b", "\x85", "\N{ZERO WIDTH SPACE}", "\u202e"])
def test_a_sign_that_cannot_be_seen_is_told(sign: str) -> None:
    assert in_row(родитель=f"Ал{sign}су") == [(2, "родитель")]


def test_letters_that_were_lost_before_are_told() -> None:
    assert in_row(родитель="Ал\N{REPLACEMENT CHARACTER}су") == [(2, "родитель")]


@pytest.mark.parametrize("day", ["2026-09-20", "20.09.2026", "1.9.2026", "2026-9-1"])
def test_a_day_is_written_in_two_ways(day: str) -> None:
    assert in_row(согласие=day) == []


@pytest.mark.parametrize("day", ["вчера", "09/01/2026", "31.02.2026", "01.09.26", "20260901"])
def test_what_is_no_day_is_told(day: str) -> None:
    assert in_row(согласие=day) == [(2, "согласие")]


def test_a_consent_of_tomorrow_is_told() -> None:
    assert in_row(согласие="2026-09-21") == [(2, "согласие")]


def test_a_source_without_a_day_is_told() -> None:
    assert in_row(согласие="") == [(2, "согласие")]


def test_what_is_no_address_is_told_with_what_was_expected() -> None:
    (problem,) = plan("1А;Камила А.;Алсу;сто;;;;;").problems

    assert (problem.line, problem.column) == (2, "telegram")
    assert "число" in problem.hint


def test_an_unknown_preference_names_the_nearest_channel() -> None:
    (problem,) = plan("1А;Камила А.;Алсу;101;;;tellegram;;").problems

    assert (problem.line, problem.column) == (2, "предпочитает")
    assert "«telegram»" in problem.hint


def test_a_preference_without_an_address_is_told() -> None:
    assert in_row(предпочитает="vk") == [(2, "предпочитает")]


def test_all_mistakes_of_a_row_are_told() -> None:
    assert in_row(ребёнок="", telegram="сто", согласие="завтра") == [
        (2, "согласие"),
        (2, "ребёнок"),
        (2, "telegram"),
    ]


def test_problems_come_by_line() -> None:
    assert where(f"{HEADER}\n1А;;Алсу\n{ROW}\n;Камила А.;Алсу") == [(2, "ребёнок"), (4, "группа")]
    assert families() == set()
