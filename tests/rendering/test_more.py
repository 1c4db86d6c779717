"""What only the site shows, and the way to it from everywhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadcaster.rendering.content import ChannelLook, render
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.rendering.more import parse_more
from broadcaster.rendering.segments import segments
from tests.rendering.samples import (
    LOOKS,
    MAIL,
    SCHOOL,
    SHIPPED,
    SITE,
    TELEGRAM,
    TEXT,
    VK,
    shown,
)

PAGE = "https://school.example/site/a/0b5c.html"
LONG = replace(TEXT, more="## Почему\n\nЛёд **тонкий**.", page=PAGE)
ELSEWHERE = (TELEGRAM, VK, MAIL)

for_each = pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
elsewhere = pytest.mark.parametrize("look", ELSEWHERE, ids=lambda look: look.name)


def site(body: str = TEXT.body, more: str = LONG.more) -> str:
    content = render(replace(LONG, body=body, more=more), SITE, SCHOOL, templates=SHIPPED)
    return content.html.fill({}) if content.html else ""


def test_the_site_shows_more_below_the_text() -> None:
    assert site() == (
        "<p>Приходите в <em>четверг</em>.</p>\n<h3>Почему</h3>\n<p>Лёд <strong>тонкий</strong>.</p>"
    )


def test_more_goes_on_with_no_list_of_the_text() -> None:
    assert site("* раз", "* два").count("<ul>") == 2


def test_the_sites_summary_is_of_the_text_alone() -> None:
    [summary] = render(LONG, SITE, SCHOOL, templates=SHIPPED).texts
    assert summary.fill({}) == "Приходите в четверг."


def test_the_site_has_no_link_to_itself() -> None:
    assert PAGE not in site()


@elsewhere
def test_nobody_else_shows_it(look: ChannelLook) -> None:
    assert "тонкий" not in shown(look, TEXT.body, text=LONG)


@elsewhere
def test_everybody_else_leads_to_it(look: ChannelLook) -> None:
    said = shown(look, TEXT.body, text=LONG)
    assert "Подробнее на сайте" in said
    assert PAGE in said


@elsewhere
def test_without_an_address_there_is_no_link(look: ChannelLook) -> None:
    assert "Подробнее на сайте" not in shown(look, TEXT.body, text=replace(LONG, page=""))


@elsewhere
@pytest.mark.parametrize("more", ["", " \n\n", "\u200b"])
def test_without_more_there_is_no_link(look: ChannelLook, more: str) -> None:
    assert PAGE not in shown(look, TEXT.body, text=replace(LONG, more=more))


@for_each
@pytest.mark.parametrize("hole", ["{{ имя }}", "{{ дети }}", "{{ что угодно }}", "{{"])
def test_a_hole_in_it_is_refused_on_every_channel(look: ChannelLook, hole: str) -> None:
    with pytest.raises(BodyMistake) as refused:
        shown(look, TEXT.body, text=replace(LONG, more=f"Раз\n\nдва {hole}"))
    assert (refused.value.line, "дополнение для сайта" in str(refused.value)) == (3, True)


@for_each
def test_what_is_too_long_for_a_site_is_refused(look: ChannelLook) -> None:
    with pytest.raises(BodyMistake):
        shown(look, TEXT.body, text=replace(LONG, more="а " * 30_000))


def test_a_persons_holes_are_filled_in_the_text_all_the_same() -> None:
    person = segments(MAIL.traits.markup, name="Анна", children=[], unsubscribe="")
    content = render(
        replace(LONG, body="Здравствуйте, {{ имя }}!"), MAIL, SCHOOL, templates=SHIPPED
    )
    assert "Здравствуйте, Анна!" in content.texts[0].fill(person.escaped)


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=y>"]
)
def test_nothing_runs_on_the_site(nasty: str) -> None:
    said = site(more=nasty)
    assert "<script" not in said
    assert "<img" not in said
    assert 'href="javascript' not in said


def test_nothing_is_made_of_nothing() -> None:
    assert parse_more(" \n") == []
