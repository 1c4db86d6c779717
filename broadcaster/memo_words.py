"""Memos in words: when they are wanted, whose parents they are for, what they are about."""

from __future__ import annotations

from collections.abc import Mapping

from broadcaster.domain.memos import Age, Season, Topic
from broadcaster.i18n import _

AGES: Mapping[Age, str] = {
    Age.KINDERGARTEN: _("детский сад"),
    Age.PRIMARY: _("младшие классы"),
    Age.TEENAGERS: _("подростки"),
}

SEASONS: Mapping[Season, str] = {
    Season.WINTER: _("зима"),
    Season.SPRING: _("весна"),
    Season.SUMMER: _("лето"),
    Season.AUTUMN: _("осень"),
    Season.ANY: _("круглый год"),
}

TOPICS: Mapping[Topic, str] = {
    Topic.ICE: _("лёд"),
    Topic.WATER: _("вода"),
    Topic.FIRE: _("огонь"),
    Topic.ROAD: _("дорога"),
    Topic.HOME: _("дом"),
    Topic.NATURE: _("природа"),
    Topic.HEALTH: _("здоровье"),
    Topic.PEOPLE: _("люди"),
    Topic.INTERNET: _("интернет"),
    Topic.WEATHER: _("погода"),
}
