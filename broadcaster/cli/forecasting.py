"""What a release would do, before it does it: copies by channel, people, and why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from broadcaster.cli.output import say, table
from broadcaster.domain.states import State
from broadcaster.i18n import _, counted
from broadcaster.services.drafts_leaving import copies_of
from broadcaster.services.release import Forecast
from broadcaster.words import REASONS, WHY, channel_word, whom


def nobody_gets_it(seen: Forecast) -> list[str]:
    """Why no copy would be sent at all; empty when at least one would."""
    if seen.plan.state is State.EXPIRED:
        return [_("Ничего не отправлено: срок объявления пройдёт раньше, чем его можно отправить.")]
    if copies_of(seen):
        return []
    if not seen.people:
        words = _("Ничего не отправлено: в этих группах никого нет. Загрузите список: ")
        return [words + "broadcaster people import"]
    words = _("Ничего не отправлено: ни одна копия не может уйти: {reasons}.")
    reasons = ", ".join(sorted({REASONS[line.reason] for line in seen.copies}))
    return [words.format(reasons=reasons), _("Что с каналами, покажет broadcaster check")]


def show_forecast(seen: Forecast, zone: ZoneInfo) -> None:
    """Print the forecast for a person."""
    _show_copies(seen)
    copies = copies_of(seen)
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
        say(_("Из-за тихих часов отправка начнётся {due}.").format(due=due), "yellow")


def _show_copies(seen: Forecast) -> None:
    sent = [line for line in seen.copies if line.state is not State.SKIPPED]
    skipped = [line for line in seen.copies if line.state is State.SKIPPED]
    columns = [_("Канал"), _("Кому"), _("Копий")]
    if sent:
        table(
            [*columns, _("Почему")],
            [
                (channel_word(line.channel), whom(line.personal), line.count, WHY[line.why])
                for line in sent
            ],
            title=_("Что будет отправлено"),
        )
    if skipped:
        table(
            [*columns, _("Почему нет")],
            [
                (channel_word(line.channel), whom(line.personal), line.count, REASONS[line.reason])
                for line in skipped
            ],
            title=_("Что не будет отправлено"),
        )


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
            {
                "channel": line.channel,
                "personal": line.personal,
                "reason": line.reason,
                "count": line.count,
            }
            for line in seen.copies
            if line.state is State.SKIPPED
        ],
        "why": sorted({line.why for line in seen.copies}),
        "data_class": seen.data_class.name.lower(),
        "names": list(seen.names),
        "state": seen.plan.state,
        "due_at": seen.plan.due_at.isoformat(),
    }
