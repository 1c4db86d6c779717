"""When a person is asked before families are written to; a script says it with an option."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from broadcaster.bootstrap import office
from broadcaster.cli.output import BAD_INPUT, INTERRUPTED, ask, can_ask, fail, short
from broadcaster.cli.reporting import local
from broadcaster.domain.policy import Importance
from broadcaster.i18n import _
from broadcaster.services.drafting import Draft
from broadcaster.services.drafts_leaving import copies_of
from broadcaster.services.release import Forecast
from broadcaster.services.repeats import Twin, twin_of


def agree(
    announcement: UUID, draft: Draft, seen: Forecast, *, now: datetime, asking: bool, again: bool
) -> None:
    """Return when nothing speaks against sending; ends the command otherwise.

    `asking` says that questions are allowed; they are put only to a person at a terminal.
    """
    asking = asking and can_ask()
    going_on = draft.repeats is not None
    twin = None if again else twin_of(announcement, now=now, going_on=going_on)
    if twin and not asking:
        problem = _("{words} Чтобы отправить ещё раз, добавьте --again.")
        fail("repeated", [problem.format(words=repeat_words(twin))], exit_code=BAD_INPUT)
    if twin:
        _ask(_("{words} Отправить ещё раз?").format(words=repeat_words(twin)))
    if asking and draft.importance is Importance.URGENT:
        _ask(_urgent_words(seen))


def repeat_words(twin: Twin) -> str:
    """Say that the same has been sent before."""
    words = _("Такое же объявление этим же группам: {id}, {when}.")
    return words.format(id=short(twin.announcement), when=local(twin.at, office().school.time_zone))


def _urgent_words(seen: Forecast) -> str:
    words = _("Срочное уходит сразу, даже ночью. Родителей: {people}, копий: {copies}. Отправить?")
    return words.format(people=seen.people, copies=copies_of(seen))


def _ask(question: str) -> None:
    if not ask(question):
        fail("declined", [_("Ничего не отправлено.")], exit_code=INTERRUPTED)
