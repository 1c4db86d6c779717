"""When somebody is away, and who is asked in her place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from broadcaster.domain.asking import AbsenceMistake, absence_mistake
from broadcaster.domain.permissions import Right, Role, may
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.circles import colleague_of
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import Staff


class AbsenceRefused(Exception):
    """Nobody can be away like this; `mistake` says why."""

    def __init__(self, mistake: AbsenceMistake) -> None:
        super().__init__(mistake.value)
        self.mistake = mistake


@dataclass(frozen=True, slots=True)
class Absence:
    """From the first to the last day, both included; `deputy` is asked meanwhile."""

    first: date
    last: date
    deputy: Staff | None = None


def deputies_for(staff: Staff) -> QuerySet[Staff]:
    """Those who may stand in for somebody, by name."""
    roles = [role for role in Role if may(role, Right.WRITE)]
    others = Staff.objects.filter(user__is_active=True, role__in=roles).exclude(pk=staff.pk)
    return others.order_by("name", "pk")


def is_asked_ever(staff: Staff) -> bool:
    """Whether it matters to anybody's request for consent that this person is away."""
    return may(Role(staff.role), Right.APPROVE) or Staff.objects.filter(deputy=staff).exists()


def leave(office: Office, staff: Staff, absence: Absence, *, by: Actor, now: datetime) -> None:
    """Let somebody be away; raises AbsenceRefused."""
    deputy = absence.deputy
    mistake = absence_mistake(
        staff.user_id,
        None if deputy is None else colleague_of(deputy),
        first=absence.first,
        last=absence.last,
        today=local_day(office, now),
    )
    if mistake is None and deputy is not None and not deputy.user.is_active:
        mistake = AbsenceMistake.CANNOT
    if mistake is not None:
        raise AbsenceRefused(mistake)
    _write(staff, absence.first, absence.last, deputy, by=by, now=now)


def come_back(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Let somebody be asked again from now on; nothing happens when she is not away."""
    _write(staff, None, None, None, by=by, now=now)


def _write(
    staff: Staff,
    first: date | None,
    last: date | None,
    deputy: Staff | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    with transaction.atomic():
        held = Staff.objects.select_for_update().get(pk=staff.pk)
        before = (held.away_from, held.away_until, held.deputy_id)
        held.away_from, held.away_until, held.deputy = first, last, deputy
        if before == (held.away_from, held.away_until, held.deputy_id):
            return
        held.save(update_fields=["away_from", "away_until", "deputy"])
        record(
            by,
            Action.ABSENCE_CHANGED,
            now=now,
            kind="staff",
            subject=held.pk,
            away_from=None if first is None else first.isoformat(),
            away_until=None if last is None else last.isoformat(),
            deputy=held.deputy_id,
        )
