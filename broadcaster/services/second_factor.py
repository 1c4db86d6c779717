"""The second factor: a code of the telephone (TOTP), and codes on paper for when it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django_otp import devices_for_user
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from broadcaster.services.audit import Action, Actor, record

PAPER_CODES = 10
TELEPHONE, PAPER = "telephone", "paper"

PATIENCE = timedelta(minutes=15)
"""How long the key of a telephone is shown that has not given a code yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a code: the `device` that knows it, or until when no code is looked at."""

    device: Device | None = None
    wait_until: datetime | None = None


def begin(user: User) -> TOTPDevice:
    """A device that is not trusted yet, in place of earlier beginnings."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=False).delete()
        made: TOTPDevice = TOTPDevice.objects.create(user=user, name=TELEPHONE, confirmed=False)
        return made


def telephone(user: User) -> TOTPDevice | None:
    """The device that is trusted."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).last()


def begun(user: User, *, now: datetime) -> TOTPDevice | None:
    """The device that waits for its first code; one that waits too long is begun anew."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False, created_at__gt=now - PATIENCE)
    return waiting.last()


def confirm(user: User, code: str, *, by: Actor, now: datetime) -> Sequence[str] | None:
    """Trust the device that was begun and return the codes on paper; None for a wrong code."""
    with transaction.atomic():
        waiting = begun(user, now=now)
        device = waiting and TOTPDevice.objects.select_for_update().filter(pk=waiting.pk).first()
        if device is None or not device.verify_token(code):
            return None
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save()
        codes = _new_paper(user)
        record(by, Action.SECOND_FACTOR_ON, now=now, kind="staff", subject=user.staff.pk)
    return codes


def renew_paper(user: User, *, by: Actor, now: datetime) -> Sequence[str]:
    """New codes on paper; the old ones are void."""
    with transaction.atomic():
        codes = _new_paper(user)
        facts = {"paper_codes": PAPER_CODES}
        record(by, Action.SECOND_FACTOR_ON, now=now, kind="staff", subject=user.staff.pk, **facts)
    return codes


def _new_paper(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    paper = StaticDevice.objects.create(user=user, name=PAPER)
    codes = [str(StaticToken.random_token()) for _ in range(PAPER_CODES)]  # type: ignore[no-untyped-call]
    StaticToken.objects.bulk_create(StaticToken(device=paper, token=code) for code in codes)
    return codes


def answer(user: User, code: str) -> Answer:
    """Which of the account's devices knows the code; wrong codes make the next ones wait.

    Six digits are asked of the telephone, everything else of the paper.
    """
    kind = TOTPDevice if code.isdigit() else StaticDevice
    with transaction.atomic():
        found = kind.objects.select_for_update().filter(user=user, confirmed=True).last()
        if found is None:
            return Answer()
        allowed, why = found.verify_is_allowed()
        if not allowed:
            return Answer(wait_until=why["locked_until"])
        return Answer(found if found.verify_token(code) else None)


def drop(user: User, *, by: Actor, now: datetime) -> None:
    """Switch the second factor off."""
    with transaction.atomic():
        for device in list(devices_for_user(user, confirmed=None)):  # type: ignore[no-untyped-call]
            device.delete()
        record(by, Action.SECOND_FACTOR_OFF, now=now, kind="staff", subject=user.staff.pk)


def paper_left(user: User) -> int:
    """How many codes on paper have not been used."""
    return StaticToken.objects.filter(device__user=user).count()
