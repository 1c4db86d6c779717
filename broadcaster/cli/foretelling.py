"""When copies leave, as the command line shows it: for people and for machines."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from broadcaster.cli.output import say, table
from broadcaster.domain.planner import Bound
from broadcaster.i18n import _, counted
from broadcaster.leaving_words import BINDS, ends_words, last_words, late_words, quota_words
from broadcaster.services.foretelling import Foretold
from broadcaster.words import channel_word


def show_foretold(told: Foretold, zone: ZoneInfo) -> None:
    """Print when the last copy leaves, channel by channel and as a whole."""
    rows = [
        (
            channel_word(line.channel),
            line.copies,
            line.requests,
            last_words(line, told, zone),
            BINDS[line.binds],
        )
        for line in told.lines
    ]
    columns = [_("Канал"), _("Копий"), _("Запросов"), _("Уйдёт последняя"), _("Что держит")]
    if rows:
        table(columns, rows, title=_("Когда уйдёт"))
    for line in told.lines:
        if line.ahead:
            words = _("{channel}: в очереди ещё {count} {noun} других объявлений.")
            noun = counted(_("копия"), _("копии"), _("копий"), line.ahead)
            said = words.format(channel=channel_word(line.channel), count=line.ahead, noun=noun)
            say(said)
        if line.late:
            say(late_words(line), "yellow")
    if any(line.binds is Bound.QUOTA for line in told.lines):
        say(quota_words())
    if ends := ends_words(told, zone):
        say(ends, "bold")


def foretold_as_json(told: Foretold) -> dict[str, Any]:
    """The same for machines; times in UTC, seconds from `at` on."""
    return {
        "at": told.at.isoformat(),
        "last": told.last and told.last.isoformat(),
        "seconds": told.seconds,
        "channels": [
            {
                "channel": line.channel,
                "copies": line.copies,
                "requests": line.requests,
                "last": line.last and line.last.isoformat(),
                "binds": line.binds,
                "late": line.late,
                "ahead": line.ahead,
            }
            for line in told.lines
        ],
    }
