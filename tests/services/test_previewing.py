"""How an announcement will look on each channel, before anything is stored or sent."""

from __future__ import annotations

import pytest

from broadcaster.contract import Capability, Markup
from broadcaster.rendering.content import Text
from broadcaster.services.previewing import Sample, Spoilt, samples
from tests.school import NOON
from tests.services.stage import Platform, office, outlet

TELEGRAM = outlet(Platform(), "telegram", markup=Markup.TELEGRAM)
PLAIN = outlet(Platform(), "vk")
PLACES = frozenset({Capability.DESTINATIONS})
SITE = outlet(Platform(), "site", markup=Markup.SITE, capabilities=PLACES)
DESK = office(TELEGRAM, PLAIN, SITE)


def text(body: str, title: str = "Музей") -> Text:
    return Text(guid="0", title=title, body=body, published=NOON)


def shown(body: str, *names: str) -> list[Sample | Spoilt]:
    return list(samples(DESK, text(body), (), names))


def test_each_channel_gets_its_own_markup() -> None:
    telegram, plain = shown("Это **важно**.", "telegram", "vk")
    assert isinstance(telegram, Sample)
    assert isinstance(plain, Sample)
    assert "<b>важно</b>" in telegram.texts[0]
    assert "важно" in plain.texts[0]
    assert "**" not in plain.texts[0]


def test_without_markup_only_the_words_are_left() -> None:
    [telegram] = shown("Это **важно** & <ясно>.", "telegram")
    assert isinstance(telegram, Sample)
    assert "Это важно & <ясно>." in telegram.plain[0]


def test_an_invented_parent_fills_the_holes() -> None:
    [plain] = shown("{{ имя }}, ждём: {{ дети }}.", "vk")
    assert isinstance(plain, Sample)
    assert "Анна Петровна, ждём: Маша." in plain.texts[0]


def test_a_public_place_does_not_get_what_speaks_to_one_person() -> None:
    assert [one.outlet.name for one in shown("{{ имя }}!", "vk", "site")] == ["vk"]


def test_a_mistake_is_an_answer_for_each_channel() -> None:
    spoilt = shown("{{ возраст }}", "telegram", "vk")
    assert all(isinstance(one, Spoilt) for one in spoilt)


@pytest.mark.parametrize("body", ["<script>alert(1)</script>", "[я](javascript:alert(1))"])
def test_what_would_run_is_only_words(body: str) -> None:
    for one in shown(body, "telegram", "site"):
        assert isinstance(one, Sample)
        markup = one.html or one.texts[0]
        assert "<script" not in markup
        assert 'href="javascript' not in markup
