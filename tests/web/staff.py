"""Members of staff for the tests of the screens, each with a browser of her own."""

from __future__ import annotations

from itertools import count

from django.contrib.auth.models import User
from django.test import Client

from broadcaster.domain.permissions import Approval, Role
from broadcaster.store.models import Group, Staff

_numbers = count(1)


def member(
    role: Role = Role.TEACHER, *groups: str, approval: Approval = Approval.NEVER, name: str = ""
) -> Staff:
    """Somebody of this role; a teacher writes to these groups."""
    number = next(_numbers)
    user = User.objects.create(username=f"{role}{number}@school.example", password="!")
    staff = Staff.objects.create(
        user=user, name=name or f"Сотрудник {number}", role=role, approval=approval
    )
    staff.groups.set(Group.objects.get_or_create(name=group)[0] for group in groups)
    return staff


def browser(staff: Staff) -> Client:
    """A browser in which this person has signed in; CSRF is not asked for."""
    client = Client()
    client.force_login(staff.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def teacher(*groups: str, approval: Approval = Approval.NEVER) -> Client:
    """A teacher's browser."""
    return browser(member(Role.TEACHER, *groups or ("1А",), approval=approval))


def administrator() -> Client:
    """An administrator's browser."""
    return browser(member(Role.ADMINISTRATOR))


def auditor() -> Client:
    """An auditor's browser."""
    return browser(member(Role.AUDITOR))
