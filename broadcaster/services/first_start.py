"""The first start: a one-time code opens the set-up until there is somebody who can sign in."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from broadcaster.domain.permissions import Role
from broadcaster.services.audit import Action, Actor, record
from broadcaster.store.models import SetupCode, Staff

FIRST_START = Actor("first start")
"""Who holds the code; nobody has a name yet."""

LIFE = timedelta(days=7)
"""A code that nobody has used is good for so long."""


class AlreadyStarted(Exception):
    """There is somebody who can sign in, or the code is spent: the set-up is over."""


def is_empty() -> bool:
    """Whether nobody can sign in yet."""
    return not Staff.objects.exists()


def make_code(*, now: datetime) -> str:
    """A new code, the only one that is good from now on; raises AlreadyStarted."""
    code = token_urlsafe(24)
    with transaction.atomic():
        if not is_empty():
            raise AlreadyStarted
        SetupCode.objects.filter(used_at=None).delete()
        SetupCode.objects.create(digest=_digest(code), made_at=now)
    return code


def opens(code: str, *, now: datetime) -> bool:
    """Whether a code opens the set-up."""
    return is_empty() and _good(code, now).exists()


def appoint(code: str, *, name: str, login: str, password: str, now: datetime) -> Staff:
    """Make the first administrator and spend the code; raises AlreadyStarted.

    `login` is an e-mail address; the password has been through the validators.
    """
    with transaction.atomic():
        if not _good(code, now).update(used_at=now) or not is_empty():
            raise AlreadyStarted
        user = User.objects.create_user(username=login, email=login, password=password)
        staff = Staff.objects.create(user=user, name=name, role=Role.ADMINISTRATOR)
        actor = Actor(name, user.pk)
        record(actor, Action.STAFF_INVITED, now=now, kind="staff", subject=staff.pk, first=True)
    return staff


def _good(code: str, now: datetime) -> QuerySet[SetupCode]:
    return SetupCode.objects.filter(digest=_digest(code), used_at=None, made_at__gt=now - LIFE)


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
