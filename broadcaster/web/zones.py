"""Russia's time zones as people know them: by a city, west to east, with the time there now."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

from broadcaster.i18n import LANGUAGE, _


def zone_choices(now: datetime, *, also: str) -> list[tuple[str, str]]:
    """Russia's zones and the one that is set, each with its words: «Омск — 14:05, UTC+6»."""
    russian = get_global("territory_zones")["RU"]
    names = {*russian, also} & available_timezones()
    return [
        (name, zone_words(name, now)) for name in sorted(names, key=lambda one: _order(one, now))
    ]


def _order(name: str, now: datetime) -> tuple[float, bool, str]:
    """From west to east; of the cities with Moscow's time, Moscow first."""
    offset = now.astimezone(ZoneInfo(name)).utcoffset()
    assert offset is not None
    return offset.total_seconds(), name != "Europe/Moscow", _city(name)


def _city(name: str) -> str:
    return get_timezone_location(name, locale=LANGUAGE, return_city=True)


def zone_words(name: str, now: datetime) -> str:
    """A zone with the time there: «Омск — сейчас 14:05, UTC+6»."""
    there = now.astimezone(ZoneInfo(name))
    offset = there.strftime("%z")
    hours = f"{offset[0]}{int(offset[1:3])}" + (f":{offset[3:]}" if offset[3:] != "00" else "")
    words = _("{city} — сейчас {time}, UTC{hours}")
    return words.format(city=_city(name), time=there.strftime("%H:%M"), hours=hours)
