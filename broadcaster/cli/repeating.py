"""What the command line says of an announcement that has begun to repeat itself."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from broadcaster.bootstrap import office
from broadcaster.calendar_words import rule_words
from broadcaster.cli.doors import warn_when_nobody_works
from broadcaster.cli.forecasting import forecast_as_json
from broadcaster.cli.output import emit, say, short
from broadcaster.cli.reporting import local
from broadcaster.domain.occasions import Occasion
from broadcaster.domain.repeating import Repetition
from broadcaster.i18n import _
from broadcaster.services.release import Forecast

SHOWN = 3


def tell_series(
    announcement: UUID,
    repeats: Repetition,
    dates: Sequence[Occasion],
    seen: Forecast,
    *,
    as_json: bool,
) -> None:
    """Say on which days it repeats itself, when next, and how it is stopped."""
    if as_json:
        following = [one.send_at.isoformat() for one in dates[:SHOWN]]
        told = {"announcement": announcement, "repeat": repeats.rule, "dates": len(dates)}
        emit(told | {"next": following, "forecast": forecast_as_json(seen)})
        return
    words = _("Объявление {id} будет повторяться: {rule}. Всего раз: {number}.")
    rule = rule_words(repeats.recurrence(), repeats.at)
    say(words.format(id=short(announcement), rule=rule, number=len(dates)), "bold")
    zone = office().school.time_zone
    following_words = ", ".join(local(one.send_at, zone) for one in dates[:SHOWN])
    say(_("Ближайшие: {dates}").format(dates=following_words))
    say(_("Остановить: broadcaster cancel {id}").format(id=short(announcement)))
    warn_when_nobody_works()
