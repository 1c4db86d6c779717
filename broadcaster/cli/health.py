"""`health`: how everything is, from the database alone; quick enough to be asked every minute."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

import typer

from broadcaster.alarm_words import alarm_words, clock
from broadcaster.bootstrap import office
from broadcaster.cli.doors import database_open
from broadcaster.cli.output import NEEDS_PERSON, Json, emit, say, table
from broadcaster.domain.alarms import Sign, troubles
from broadcaster.domain.health import Health
from broadcaster.i18n import _
from broadcaster.services.health import look
from broadcaster.words import channel_word


def health(*, as_json: Json = False) -> None:
    """Tell how the channels are; the command ends with NEEDS_PERSON when one needs somebody."""
    database_open()
    seen = look(office(), datetime.now(UTC))
    signs = troubles(seen, office().alarms)
    if as_json:
        emit(_as_json(seen, signs))
    else:
        _show(seen, signs)
    if signs:
        raise typer.Exit(NEEDS_PERSON)


def _as_json(seen: Health, signs: list[Sign]) -> dict[str, object]:
    channels = [asdict(one) | {"standing": one.standing(seen.at)} for one in seen.channels]
    return {
        "ok": not signs,
        **asdict(seen),
        "channels": channels,
        "troubles": [asdict(sign) for sign in signs],
    }


def _show(seen: Health, signs: list[Sign]) -> None:
    zone = office().school.time_zone
    told = partial(clock, now=seen.at, zone=zone)
    columns = (
        _("Канал"),
        _("Ждут"),
        _("За час"),
        _("За сутки"),
        _("Не дошло"),
        _("Последняя удача"),
    )
    rows = [
        (
            channel_word(one.name),
            one.waiting,
            one.sent_hour,
            one.sent_day,
            one.failed_day,
            told(one.last_success_at) if one.last_success_at else "—",
        )
        for one in seen.channels
    ]
    table(columns, rows)
    for sign in signs:
        words = alarm_words(sign.trouble, sign.part, sign.since, now=seen.at, zone=zone)
        say(f"✗ {words.headline}", "red")
        say(f"  → {words.remedy}")
    if not signs:
        say(_("✓ Тревог нет."))
