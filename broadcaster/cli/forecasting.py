"""What a release would do, before it does it: copies by channel, people, and why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from broadcaster.cli.output import say, table
from broadcaster.cli.words import REASONS, WHY, channel_word
from broadcaster.domain.states import State
from broadcaster.i18n import _, counted
from broadcaster.services.release import Forecast


def show_forecast(seen: Forecast, zone: ZoneInfo) -> None:
    """Print the forecast for a person."""
    sent = [line for line in seen.copies if line.state is not State.SKIPPED]
    skipped = [line for line in seen.copies if line.state is State.SKIPPED]
    table(
        [_("Канал"), _("Копий"), _("Почему")],
        [(channel_word(line.channel), line.count, WHY[line.why]) for line in sent],
        title=_("Что будет отправлено"),
    )
    if skipped:
        table(
            [_("Канал"), _("Копий"), _("Почему нет")],
            [(channel_word(line.channel), line.count, REASONS[line.reason]) for line in skipped],
            title=_("Что не будет отправлено"),
        )
    copies = sum(line.count for line in sent)
    say(
        _("Родителей: {people}; {copies} {noun}.").format(
            people=seen.people,
            copies=copies,
            noun=counted(_("копия"), _("копии"), _("копий"), copies),
        ),
        "bold",
    )
    if seen.names:
        names = ", ".join(f"«{name}»" for name in seen.names)
        say(
            _("В тексте названы люди: {names}; на открытые площадки он не попадёт.").format(
                names=names
            )
        )
    if seen.plan.state is State.HELD:
        due = seen.plan.due_at.astimezone(zone).strftime("%d.%m %H:%M")
        say(_("Сейчас тихие часы: отправка начнётся {due}.").format(due=due), "yellow")
    if seen.plan.state is State.EXPIRED:
        say(_("Срок объявления пройдёт раньше, чем его можно отправить."), "red")


def forecast_as_json(seen: Forecast) -> dict[str, Any]:
    """The forecast for machines."""
    copies: dict[str, int] = defaultdict(int)
    for line in seen.copies:
        if line.state is not State.SKIPPED:
            copies[line.channel] += line.count
    return {
        "people": seen.people,
        "copies": dict(copies),
        "skipped": [
            {"channel": line.channel, "reason": line.reason, "count": line.count}
            for line in seen.copies
            if line.state is State.SKIPPED
        ],
        "why": sorted({line.why for line in seen.copies}),
        "data_class": seen.data_class.name.lower(),
        "names": list(seen.names),
        "state": seen.plan.state,
        "due_at": seen.plan.due_at.isoformat(),
    }
