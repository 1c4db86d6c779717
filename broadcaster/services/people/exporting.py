"""Everything the school holds about one person, as the person may ask for it (152-ФЗ)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Prefetch

from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.family import Gone
from broadcaster.store.models import (
    Acknowledgement,
    Announcement,
    Delivery,
    FormerAddress,
    Group,
    GroupChange,
    Guardian,
    Pupil,
    Receipt,
    ToldInPerson,
)
from broadcaster.store.queries.former import with_place
from broadcaster.store.queries.traces import newest_title

FORMAT = "broadcaster-person/1"


def export_person(guardian: int, *, by: Actor, now: datetime) -> dict[str, Any]:
    """All that is kept about a person, as JSON values: for the person's own eyes.

    That it was taken out is put on record. Raises Gone.
    """
    with transaction.atomic():
        person = Guardian.objects.filter(pk=guardian).first()
        if person is None:
            raise Gone
        record(by, Action.PERSON_EXPORTED, now=now, kind="guardian", subject=guardian)
        return {
            "format": FORMAT,
            "exported_at": now.isoformat(),
            "number": person.pk,
            "name": person.name,
            "children": _children(guardian),
            "addresses": [_address(row) for row in person.addresses.order_by("preference", "pk")],
            "named_in_announcements": _named_in(guardian),
            "copies": _copies(guardian),
            "told_in_person": _told(guardian),
            "acknowledged": _acknowledged(guardian),
        }


def _children(guardian: int) -> list[dict[str, Any]]:
    rows = Pupil.objects.filter(guardians=guardian).order_by("pk")
    changes = GroupChange.objects.select_related("group").order_by("at", "pk")
    named = rows.prefetch_related(
        Prefetch("groups", Group.objects.order_by("name")), Prefetch("group_changes", changes)
    )
    return [
        {
            "number": row.pk,
            "name": row.name,
            "groups": [one.name for one in row.groups.all()],
            "group_changes": [
                {"group": one.group.name, "joined": one.joined, "at": _iso(one.at)}
                for one in row.group_changes.all()
            ],
        }
        for row in named
    ]


def _address(row: Any) -> dict[str, Any]:
    return {
        "number": row.pk,
        "channel": row.channel,
        "address": row.value,
        "preference": row.preference,
        "state": row.state,
        "state_reason": row.state_reason,
        "state_since": _iso(row.state_since),
        "consent_on": _iso(row.consent_on),
        "consent_source": row.consent_source,
        "consent_withdrawn_at": _iso(row.consent_withdrawn_at),
    }


def _named_in(guardian: int) -> list[dict[str, Any]]:
    rows = Announcement.objects.filter(people=guardian).annotate(title=newest_title("pk"))
    return [
        {"announcement": str(row.pk), "title": row.title}
        for row in rows.order_by("created_at", "pk")
    ]


def _copies(guardian: int) -> list[dict[str, Any]]:
    receipts = Receipt.objects.order_by("pk")
    former = FormerAddress.objects.annotate(owner=F("address__guardian")).order_by("pk")
    rows = (
        with_place(Delivery.objects.filter(guardian=guardian))
        .annotate(title=newest_title("announcement"))
        .prefetch_related(Prefetch("receipts", receipts), Prefetch("former", former))
    )
    return [
        {
            "announcement": str(row.announcement_id),
            "title": row.title,
            "channel": row.channel,
            "address": row.place,
            "state": row.state,
            "reason": row.reason,
            "why": row.why,
            "due_at": _iso(row.due_at),
            "sent_at": _iso(row.sent_at),
            "messages": row.parts,
            "answers": [
                {
                    "at": _iso(one.at),
                    "address": _place(row, one),
                    "outcome": one.outcome,
                    "reason": one.reason,
                    "detail": one.detail,
                    "messages": one.parts,
                }
                for one in row.receipts.all()
            ],
        }
        for row in rows.order_by("pk")
    ]


def _place(row: Any, answer: Receipt) -> str | None:
    """Where one try of a copy went; None when that was an address of somebody else."""
    for one in row.former.all():
        if one.until is None or answer.at < one.until:
            return one.value if one.owner == row.guardian_id else None
    place: str | None = row.place
    return place


def _told(guardian: int) -> list[dict[str, Any]]:
    rows = ToldInPerson.objects.filter(guardian=guardian).annotate(
        title=newest_title("announcement")
    )
    return [
        {
            "announcement": str(row.announcement_id),
            "title": row.title,
            "at": _iso(row.at),
            "by": row.by,
            "note": row.note,
        }
        for row in rows.order_by("at", "pk")
    ]


def _acknowledged(guardian: int) -> list[dict[str, Any]]:
    rows = Acknowledgement.objects.filter(guardian=guardian).annotate(
        title=newest_title("announcement")
    )
    return [
        {
            "announcement": str(row.announcement_id),
            "title": row.title,
            "at": _iso(row.at),
            "channel": row.channel,
        }
        for row in rows.order_by("at", "pk")
    ]


def _iso(value: Any) -> str | None:
    return None if value is None else value.isoformat()
