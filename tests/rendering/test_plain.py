from __future__ import annotations

import pytest

from broadcaster.rendering.markdown import parse
from broadcaster.rendering.plain import plain


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("**Жирный** и *курсив* и `код`", "Жирный и курсив и код"),
        ("# Заголовок\n\nТекст", "Заголовок\n\nТекст"),
        ("* раз\n* два", "• раз\n• два"),
        ("* раз\n\n* два", "• раз\n\n• два"),
        ("3. раз\n4. два", "3. раз\n4. два"),
        ("* раз\n  1. в нём\n* два", "• раз\n  1. в нём\n• два"),
        ("> раз\n> два\n>\n> три", "> раз\n> два\n>\n> три"),
        ("раз\n\n---\n\nдва", "раз\n\n———\n\nдва"),
        ("```\na\n  b\n```", "a\n  b"),
        ("2 < 3 & <b>x</b>", "2 < 3 & <b>x</b>"),
        ("|А|Б|\n|-|-|\n|1|*2*|\n|3||", "А — Б\n• 1 — 2\n• 3 — ·"),
    ],
)
def test_markdown_reads_well_as_plain_text(body, text):
    assert plain(parse(body)) == text


def test_struck_out_words_say_so_since_they_mean_the_opposite():
    assert plain(parse("Сбор ~~в 9~~ в 10")) == "Сбор в 9 (зачёркнуто) в 10"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("[меню](https://school.ru/menu)", "меню (https://school.ru/menu)"),
        ("[school.ru](https://school.ru/)", "school.ru"),
        ("<https://school.ru/>", "https://school.ru/"),
        ("https://school.ru/", "https://school.ru/"),
        ("[меню](https://школа.рф/меню)", "меню (https://школа.рф/меню)"),
        ("[почта](mailto:a@b.ru)", "почта (a@b.ru)"),
        ("<a@b.ru>", "a@b.ru"),
        ("[+7 (900) 123-45-67](tel:+79001234567)", "+7 (900) 123-45-67"),
        ("[школа](tel:+79001234567)", "школа (+79001234567)"),
        ("[a](https://x.ru/a%20b)", "a (https://x.ru/a%20b)"),
        ("[a](https://x.ru/%E2%80%AEb)", "a (https://x.ru/%E2%80%AEb)"),
    ],
)
def test_links_show_where_they_lead(body, text):
    assert plain(parse(body)) == text
