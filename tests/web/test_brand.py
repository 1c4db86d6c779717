"""The school's colour can be read, whatever it is."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.web.brand import LEGIBLE, brand_sheet, contrast

GROUNDS = (("#f6f4ef", "#ffffff"), ("#1c222a", "#14181d"))
"""Paper and card by day and by night, as app.css has them."""


def colours(sheet: str) -> list[tuple[str, ...]]:
    """Brand, what is written on it, links: by day, then by night."""
    return re.findall(r"--brand: (#\w+); --on-brand: (#\w+); --link: (#\w+)", sheet)


@given(st.integers(0, 0xFFFFFF))
def test_any_colour_is_legible_by_day_and_by_night(number: int) -> None:
    sheet = brand_sheet(f"#{number:06x}")
    for (brand, ink, link), grounds in zip(colours(sheet), GROUNDS, strict=True):
        assert contrast(brand, ink) >= LEGIBLE
        assert all(contrast(link, ground) >= LEGIBLE for ground in grounds)


def test_a_legible_colour_stays_as_it_is() -> None:
    assert colours(brand_sheet("#1f5fa8"))[0][0] == "#1f5fa8"


def test_black_on_white_is_the_strongest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.django_db
def test_the_sheet_is_a_page_of_its_own_for_everybody(client: Client) -> None:
    answer = client.get("/brand.css")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/css")
