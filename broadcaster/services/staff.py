"""Those who work with the program: inviting them, changing what they may, closing accounts.

Nothing here deletes an account: the audit log names accounts by their numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp import devices_for_user

from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.staffing import Objection, Position, objection
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.sessions import end_sessions
from broadcaster.store.models import Group, Staff


class LoginTaken(Exception):
    """Somebody else signs in with this login."""


class Refused(Exception):
    """The change is against a rule; `objection` says which."""

    def __init__(self, why: Objection) -> None:
        super().__init__(why.value)
        self.objection = why


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody may do, and for which groups."""

    role: Role
    approval: Approval
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """The two parts of the one-time address at which somebody chooses a password."""

    uid: str
    token: str


def account_for(login: str) -> User | None:
    """The account that somebody means by a login or an e-mail address, in whatever letters."""
    login = login.strip()
    exact = User.objects.filter(username=login).first()
    if exact or not login:
        return exact
    close = list(User.objects.filter(username__iexact=login)[:2]) or list(
        User.objects.filter(email__iexact=login)[:2]
    )
    return close[0] if len(close) == 1 else None


def invite(name: str, login: str, access: Access, *, by: Actor, now: datetime) -> Staff:
    """Open an account without a password; `way_in` leads to it. Raises LoginTaken."""
    login = login.strip().lower()
    with transaction.atomic():
        taken = User.objects.filter(username__iexact=login) | User.objects.filter(
            email__iexact=login
        )
        if taken.exists():
            raise LoginTaken(login)
        user = User(username=login, email=login if "@" in login else "", date_joined=now)
        user.set_unusable_password()
        user.save()
        staff = Staff.objects.create(
            user=user, name=name.strip(), role=access.role, approval=access.approval
        )
        staff.groups.set(access.groups)
        facts = {"role": access.role, "approval": access.approval, "groups": _ids(access.groups)}
        record(by, Action.STAFF_INVITED, now=now, kind="staff", subject=staff.pk, **facts)
    return staff


def change(staff: Staff, name: str, access: Access, *, by: Actor, now: datetime) -> None:
    """Let somebody have other rights from now on; raises Refused."""
    with transaction.atomic():
        held = _held(staff)
        _refuse(held, Position(access.role, held.user.is_active), by=by)
        facts = _differences(held, name.strip(), access)
        held.name, held.role, held.approval = name.strip(), access.role, access.approval
        held.save()
        held.groups.set(access.groups)
        if facts:
            record(by, Action.STAFF_CHANGED, now=now, kind="staff", subject=held.pk, **facts)


def close(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Shut somebody out at once, on all devices; raises Refused."""
    with transaction.atomic():
        held = _held(staff)
        _refuse(held, Position(Role(held.role), open=False), by=by)
        User.objects.filter(pk=held.user_id).update(is_active=False)
        end_sessions(held.user_id, now=now)
        record(by, Action.STAFF_CLOSED, now=now, kind="staff", subject=held.pk)


def reopen(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Let somebody in again, with the password and the rights she had."""
    with transaction.atomic():
        User.objects.filter(pk=staff.user_id).update(is_active=True)
        record(by, Action.STAFF_REOPENED, now=now, kind="staff", subject=staff.pk)


def way_in(staff: Staff, *, by: Actor, now: datetime) -> Way:
    """A way to choose a new password that works once and for three days."""
    record(by, Action.STAFF_LINKED, now=now, kind="staff", subject=staff.pk)
    return way_for(staff.user)


def way_for(user: User) -> Way:
    """The same for somebody who has asked for it herself; what she asked is not told."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return Way(uid, default_token_generator.make_token(user))


def drop_second_factor(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Let somebody who has lost her telephone sign in with the password alone."""
    with transaction.atomic():
        for device in list(devices_for_user(staff.user, confirmed=None)):  # type: ignore[no-untyped-call]
            device.delete()
        end_sessions(staff.user_id, now=now)
        record(by, Action.SECOND_FACTOR_OFF, now=now, kind="staff", subject=staff.pk)


def _held(staff: Staff) -> Staff:
    """The row of somebody, with those of all administrators kept from changing meanwhile."""
    list(Staff.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk"))
    return Staff.objects.select_related("user").get(pk=staff.pk)


def _refuse(held: Staff, after: Position, *, by: Actor) -> None:
    others = Staff.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    found = objection(
        Position(Role(held.role), held.user.is_active),
        after,
        own=by.user == held.user_id,
        other_administrators=others.exclude(pk=held.pk).count(),
    )
    if found:
        raise Refused(found)


def _differences(held: Staff, name: str, access: Access) -> dict[str, Any]:
    """What changes, as the log keeps it: what was and what will be."""
    before = [held.name, held.role, held.approval, _ids(held.groups.all())]
    after = [name, access.role.value, access.approval.value, _ids(access.groups)]
    names = ("name", "role", "approval", "groups")
    pairs = zip(names, zip(before, after, strict=True), strict=True)
    return {name: list(pair) for name, pair in pairs if pair[0] != pair[1]}


def _ids(groups: Iterable[Group] | Collection[Group]) -> list[int]:
    return sorted(group.pk for group in groups)
