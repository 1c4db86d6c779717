"""What is fuzzed: a parser each, what it is given, and what it promises whatever that is.

A target's `run` raises nothing. `known` are inputs that broke it once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from broadcaster.bootstrap import normalisers, office
from broadcaster.config import ConfigMistake, load
from broadcaster.contract import Capability, InvalidAddress
from broadcaster.domain.audience import audience
from broadcaster.domain.calls import may_call, unsafe_url
from broadcaster.domain.filenames import LONGEST_NAME, cleaned_name, extension_of
from broadcaster.domain.naming import named_in
from broadcaster.domain.recurrence import RuleRefused, recurrence
from broadcaster.rendering.holes import holes_in
from broadcaster.rendering.markdown import as_html, parse
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.rendering.more import parse_more
from broadcaster.services.calendar.day_spans import read_line
from broadcaster.services.calendar.days_off import read_year
from broadcaster.services.calendar.items import read_calendar
from broadcaster.services.calendar.memos import read_memo
from broadcaster.services.drafting import read_draft
from broadcaster.services.file_kinds import ACCEPTED, KINDS, PICTURES, RUNNING, NotAttached
from broadcaster.services.front_matter import DraftRefused
from broadcaster.services.people.plan import Unreadable
from broadcaster.services.people.rows import Customs, people_rows, place_rows
from broadcaster.services.people.sheet import read_sheet
from broadcaster.services.pictures import NoPicture, remade, small_of
from broadcaster.services.uploads import Incoming, checked
from tests.fuzz import files, written
from tests.fuzz.hostile import FILE_NAMES

TODAY = date(2026, 11, 20)
LONGEST_WORDS = 100_000
"""Characters of everything that is wrong with a file, in words."""
GROUPS = ("1А", "2Б", "10В", "Педагоги")


@dataclass(frozen=True, slots=True)
class Target:
    """A parser: where its input comes from, and a run with one input and a folder of its own."""

    given: st.SearchStrategy[Any]
    run: Callable[[Any, Path], None]
    known: tuple[Any, ...] = ()


@cache
def _channels() -> Mapping[str, Callable[[str], str]]:
    return normalisers(Capability.PEOPLE)


def _table(raw: bytes, _folder: Path) -> None:
    with suppress(Unreadable):
        sheet = read_sheet(BytesIO(raw))
        channels = _channels()
        people = people_rows(sheet, Customs(channels, TODAY, "анкета"))
        places = place_rows(sheet, channels)
        for row in (*people.good, *places.good):
            assert "\0" not in repr(row)


def _announcement(text: str, folder: Path) -> None:
    file = folder / "news.md"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(DraftRefused):
        draft = read_draft(office(), file)
        assert draft.title
        for moment in (draft.at, draft.expires):
            assert moment is None or moment.tzinfo is not None


def _memo(text: str, folder: Path) -> None:
    file = folder / "ice.md"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    memo, problems = read_memo(file)
    assert (memo is None) == bool(problems)
    assert len(str(problems)) < LONGEST_WORDS


def _days_off(text: str, folder: Path) -> None:
    file = _yaml(text, folder)
    year, problems = read_year(file, 2026)
    assert len(year.off) <= 366 * 3
    assert len(str(problems)) < LONGEST_WORDS


def _calendar(text: str, folder: Path) -> None:
    found = read_calendar(_yaml(text, folder), channels=["vk"], groups=GROUPS, today=TODAY)
    assert len(str(found.problems)) < LONGEST_WORDS


def _settings(text: str, folder: Path) -> None:
    file, said = _yaml(text, folder), ""
    try:
        load(file)
    except ConfigMistake as mistake:
        said = str(mistake)
    assert len(said) < LONGEST_WORDS


def _yaml(text: str, folder: Path) -> Path:
    file = folder / "own.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return file


def _line_of_days(text: str, _folder: Path) -> None:
    with suppress(ValueError):
        span = read_line(text, 2026)
        assert span.first <= span.last
        assert span.first.year == span.last.year == 2026


def _audience(terms: list[str], _folder: Path) -> None:
    found = audience(terms, GROUPS)
    assert found.groups <= set(GROUPS)
    assert set(found.unknown) <= set(terms)


def _rule(text: str, _folder: Path) -> None:
    for begins in (None, TODAY):
        try:
            found = recurrence(text, begins=begins)
        except RuleRefused:
            continue
        days = found.days(TODAY, date(2027, 11, 20))
        assert days == sorted(set(days))


def _body(text: str, _folder: Path) -> None:
    with suppress(BodyMistake):
        as_html(parse(text))
    with suppress(BodyMistake):
        parse_more(text)
    with suppress(BodyMistake):
        holes_in(text)
    named_in(text, ["Аня Королёва", ""])


def _address(text: str, _folder: Path) -> None:
    """An address is refused, or has one spelling that stays."""
    for normalise in _channels().values():
        with suppress(InvalidAddress):
            once = normalise(text)
            assert normalise(once) == once
            assert "\n" not in once


def _web_address(text: str, _folder: Path) -> None:
    """What may be called is a plain https address of no machine of ours."""
    if unsafe_url(text, allow_private=False) is None:
        assert text.lower().startswith("https://")
        assert text.isascii()
        assert text.isprintable()


def _ip_address(packed: bytes, _folder: Path) -> None:
    number = ip_address(packed)
    if may_call(str(number), allow_private=False):
        assert not number.is_private
        assert not number.is_loopback


def _file_name(raw: str, _folder: Path) -> None:
    name = cleaned_name(raw, otherwise="файл")
    assert 0 < len(name) <= LONGEST_NAME
    assert name not in {".", ".."}
    assert not name.startswith(".")
    assert not set(name) & set('/\\\0\r\n"<>:|?*')
    assert not any(unicodedata.bidirectional(sign) in {"RLO", "LRO", "RLI"} for sign in name)
    assert cleaned_name(name, otherwise="файл") == name


def _file(given: tuple[str, bytes], _folder: Path) -> None:
    name, content = given
    with suppress(NotAttached):
        kept = checked(office(), Incoming(name, BytesIO(content), len(content)))
        extension = extension_of(kept.name)
        assert extension not in RUNNING
        assert extension in PICTURES or KINDS[extension].media_type == kept.media_type


def _picture(content: bytes, _folder: Path) -> None:
    with suppress(NoPicture):
        made = remade(BytesIO(content))
        assert made.media_type in {"image/jpeg", "image/png", "image/gif", "image/webp"}
        again = remade(BytesIO(made.content))
        assert again.media_type == made.media_type
    with suppress(NoPicture):
        small_of(BytesIO(content))


_NAMES = st.one_of(FILE_NAMES, st.sampled_from(ACCEPTED).map("файл{}".format))

DEEP_HEADS = (f"---\n{'{a: ' * 5000}\n---\nтекст", f"---\n{'- ' * 5000}\n---\nтекст")
BROKEN_YAML = (
    "- " * 5000,
    "[" * 5000,
    "a: 2026-02-30",
    "a: !!timestamp x",
    "a: !!int '" + "9" * 5000 + "'",
    written.LAUGHS + "working: *i\nschool: *i\nicicles: *i\n",
)
"""Nested too deep, no dates, no numbers, gigabytes."""

TARGETS: Mapping[str, Target] = {
    "tables (CSV)": Target(written.TABLES, _table),
    "tables (XLSX)": Target(files.BOOKS, _table),
    "announcements": Target(written.ANNOUNCEMENTS, _announcement, DEEP_HEADS),
    "memos": Target(written.ANNOUNCEMENTS, _memo, DEEP_HEADS),
    "days off": Target(written.YAMLS, _days_off, BROKEN_YAML),
    "lines of days off": Target(written.DAY_LINES, _line_of_days),
    "the calendar": Target(written.YAMLS, _calendar, BROKEN_YAML),
    "settings": Target(written.YAMLS, _settings, BROKEN_YAML),
    "audiences": Target(st.lists(written.TERMS, max_size=4), _audience),
    "rules of recurrence": Target(written.RULES, _rule),
    "Markdown": Target(written.MARKDOWN, _body),
    "addresses of people": Target(written.CELLS, _address),
    "addresses of webhooks": Target(written.URLS, _web_address),
    "addresses of machines": Target(
        st.one_of(st.binary(min_size=4, max_size=4), st.binary(min_size=16, max_size=16)),
        _ip_address,
    ),
    "names of files": Target(FILE_NAMES, _file_name),
    "files": Target(st.tuples(_NAMES, files.CONTENTS), _file),
    "pictures": Target(files.PICTURES, _picture),
}
"""Every parser by the name under which the table shows it."""
