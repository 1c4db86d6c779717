"""The memos that come with the program: every one of them, as families would get it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadcaster.contract import Markup
from broadcaster.domain.memos import Age, Memo, Season
from broadcaster.domain.policy import Importance
from broadcaster.rendering.characters import clean
from broadcaster.rendering.content import ChannelLook, School, Text, render
from broadcaster.rendering.html import html
from broadcaster.rendering.markdown import parse
from broadcaster.rendering.more import parse_more
from broadcaster.rendering.plain import plain
from broadcaster.services.calendar.memos import SHIPPED, read_memo
from tests.rendering import samples

TODAY = datetime.now(UTC).date()
FILES = sorted(SHIPPED.glob("*.md"))
SCHOOL = School("Ш" * 120, "к" * 120, "https://school.example/")
PAGE = "https://" + "a" * 111 + "/site/a/00000000-0000-0000-0000-000000000000.html"
LEAST = 24

each = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])


@pytest.fixture
def memo(file: Path) -> Memo:
    read, problems = read_memo(file)
    assert problems == ()
    assert read is not None
    return read


def messages(memo: Memo, look: ChannelLook) -> Sequence[str]:
    """What a channel would carry of a memo, in the widest frame."""
    text = Text(
        guid=memo.name,
        title=memo.title,
        body=memo.body,
        more=memo.more,
        page=PAGE,
        importance=Importance.IMPORTANT,
        published=datetime(2026, 9, 1, 9, 30, tzinfo=UTC),
    )
    content = render(text, look, SCHOOL, templates=samples.SHIPPED)
    return [wording.fill(samples.PERSON) for wording in content.texts]


def words(memo: Memo) -> str:
    """All that a reader sees of a memo, without the addresses of its links."""
    texts = (memo.body, memo.more)
    seen = "\n".join(plain(parse(clean(text))) for text in texts if text)
    return re.sub(r"https?://\S+", "", f"{memo.title}\n{seen}\n" + "\n".join(memo.basis))


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= LEAST


def test_every_season_has_its_memos() -> None:
    seasons = {memo.season for file in FILES if (memo := read_memo(file)[0])}
    assert seasons == set(Season)


def test_every_age_has_its_memos() -> None:
    ages = {age for file in FILES if (memo := read_memo(file)[0]) for age in memo.ages}
    assert ages == set(Age)


def test_no_two_have_the_same_title() -> None:
    titles = [memo.title.casefold() for file in FILES if (memo := read_memo(file)[0])]
    assert sorted(titles) == sorted(set(titles))


@each
def test_it_rests_on_a_source(memo: Memo) -> None:
    assert memo.basis


@each
def test_its_review_is_not_past(memo: Memo) -> None:
    assert not memo.past_review(TODAY)


@each
def test_it_was_not_reviewed_in_the_future(memo: Memo) -> None:
    assert memo.reviewed <= TODAY


@each
@pytest.mark.parametrize("look", samples.LOOKS, ids=lambda look: look.name)
def test_it_is_one_message_on_every_channel(memo: Memo, look: ChannelLook) -> None:
    assert len(messages(memo, look)) == 1


@each
def test_the_site_has_more_to_say_than_a_message(memo: Memo) -> None:
    more = plain(parse_more(memo.more)) if memo.more else ""
    assert len(more) > len(plain(parse(memo.body)))


@each
def test_it_has_no_straight_quotes(memo: Memo) -> None:
    assert re.findall(r'.{0,20}["\']..{0,20}', words(memo)) == []


@each
def test_no_hyphen_stands_for_a_dash(memo: Memo) -> None:
    assert re.findall(r".{0,20} [-\N{EN DASH}] .{0,20}", words(memo)) == []


@each
def test_its_lists_are_lists(memo: Memo) -> None:
    """A list that Markdown takes for a paragraph shows its hyphens to everybody."""
    shown = "".join(html(parse(text)) for text in (memo.body, memo.more) if text)
    assert re.findall(r"(?:<br>\n|<p>)[-*•] .{0,30}", shown) == []


@each
def test_it_has_no_marks_left_of_markdown(memo: Memo) -> None:
    assert re.findall(r".{0,20}(?:\*\*|__|^#+ |\]\().{0,20}", words(memo), re.MULTILINE) == []


def test_all_looks_are_looked_at() -> None:
    assert {look.traits.markup for look in samples.LOOKS} == set(Markup)
