"""One family as a form was made from it, and the guard of every change to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from broadcaster.services.audit import Action, Actor, record
from broadcaster.store.models import Address, Guardian, Pupil


class Gone(Exception):
    """Somebody has removed what was to be changed."""


class ChangedMeanwhile(Exception):
    """Somebody else has changed it since the form was made; nothing was written."""


def fingerprint(guardian: int) -> str:
    """What the forms about a family were made from: any change by anybody gives another text."""
    person = Guardian.objects.filter(pk=guardian).values_list("name", flat=True)
    children = Pupil.objects.filter(guardians=guardian).order_by("pk")
    groups = Pupil.groups.through.objects.filter(pupil__guardians=guardian).order_by("pk")
    addresses = Address.objects.filter(guardian=guardian).order_by("pk")
    return digest(
        [
            list(person),
            list(children.values_list("pk", "name")),
            list(groups.values_list("pupil_id", "group_id")),
            list(addresses.values_list()),
        ]
    )


def pupil_fingerprint(pupil: int) -> str:
    """The same for a child: its name and groups."""
    names = Pupil.objects.filter(pk=pupil).values_list("name", flat=True)
    groups = Pupil.groups.through.objects.filter(pupil=pupil).order_by("group_id")
    return digest([list(names), list(groups.values_list("group_id", flat=True))])


@contextmanager
def changing(
    guardian: int, *, seen: str | None, by: Actor, now: datetime, what: str, **facts: Any
) -> Iterator[Guardian]:
    """A transaction in which one family is changed and the change is on record.

    `seen` is the fingerprint from which the form was made, None when nobody looked. Raises Gone
    and ChangedMeanwhile, nothing written.
    """
    with transaction.atomic():
        person = Guardian.objects.select_for_update().filter(pk=guardian).first()
        if person is None:
            raise Gone
        if seen is not None and seen != fingerprint(guardian):
            raise ChangedMeanwhile
        yield person
        record(
            by,
            Action.PERSON_CHANGED,
            now=now,
            kind="guardian",
            subject=guardian,
            what=what,
            **facts,
        )


def digest(value: Any) -> str:
    """A short text for a value: another value gives another one."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()[:20]
