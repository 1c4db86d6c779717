"""What makes a memo fit to be sent."""

from __future__ import annotations

from datetime import date

import pytest

from broadcaster.domain.memos import LONGEST_NAME, Age, Memo, Season, Topic, is_name, width

MEMO = Memo(
    name="thin-ice",
    title="Тонкий лёд",
    body="Не выходите на лёд.",
    more="",
    season=Season.WINTER,
    ages=(Age.PRIMARY,),
    topic=Topic.ICE,
    basis=("Рекомендации МЧС России",),
    reviewed=date(2026, 9, 1),
    review_by=date(2027, 9, 1),
)


def test_a_memo_is_good_on_the_day_of_its_review() -> None:
    assert not MEMO.past_review(date(2027, 9, 1))


def test_a_memo_is_past_its_review_the_day_after() -> None:
    assert MEMO.past_review(date(2027, 9, 2))


@pytest.mark.parametrize("name", ["ice", "thin-ice", "ice-2", "112", "a" * LONGEST_NAME])
def test_a_name_is_small_latin_letters_digits_and_hyphens(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "Ice", "лёд", "thin_ice", "thin ice", "-ice", "ice-", "a--b", "ice\n", "a" * 61, "../ice"],
)
def test_no_other_name_is_one(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(("text", "units"), [("", 0), ("лёд", 3), ("🧊", 2), ("a\n", 2)])
def test_a_text_is_as_wide_as_telegram_counts_it(text: str, units: int) -> None:
    assert width(text) == units
