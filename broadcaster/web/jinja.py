"""How the web's templates are read: Jinja with escaping, translations and static files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django_htmx.jinja import htmx_script
from jinja2 import Environment, StrictUndefined

from broadcaster.adapter_words import adapter_words
from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right, Role, may
from broadcaster.i18n import LANGUAGE, _, counted
from broadcaster.services.alarms import Told, open_alarms
from broadcaster.services.approvals import count_for
from broadcaster.web.shelf import is_photo, shelf_of
from broadcaster.words import REASONS, WHY, channel_word, whom

MEGABYTE = 1_000_000
"""Bytes, as platforms count them."""


def environment(**options: Any) -> Environment:
    """The environment of `templates/web`, for Django's Jinja2 backend."""
    made = Environment(  # noqa: S701 - it is on
        **{**options, "autoescape": True, "undefined": StrictUndefined},
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        _=_,
        adapter_words=adapter_words,
        channel_word=channel_word,
        alarms_for=alarms_for,
        approvals_for=approvals_for,
        counted=counted,
        get_messages=get_messages,
        has_right=has_right,
        htmx_script=htmx_script,
        is_photo=is_photo,
        language=LANGUAGE,
        sandbox=lambda: office() if office().sandbox else None,
        school=lambda: office().school,
        shelf_of=shelf_of,
        static=static,
        url=reverse,
        reason_word=REASONS.__getitem__,
        whom_word=whom,
        why_word=WHY.__getitem__,
    )
    made.filters.update(clock=clock, day=day, megabytes=megabytes, moment=moment, number=number)
    return made


def has_right(request: HttpRequest, name: str) -> bool:
    """Whether the person who asks has a right; nobody has one on public pages."""
    staff = getattr(request, "staff", None)
    return staff is not None and may(Role(staff.role), Right(name))


def approvals_for(request: HttpRequest) -> int:
    """About how many announcements the person who looks is asked; two queries at most."""
    staff = getattr(request, "staff", None)
    return count_for(office(), staff, now=datetime.now(UTC)) if staff else 0


def alarms_for(request: HttpRequest) -> list[Told]:
    """The open alarms, for those who may see them; one query, and none for others."""
    return open_alarms(office(), datetime.now(UTC)) if has_right(request, "see_health") else []


def moment(value: datetime | None) -> str:
    """«21 ноября 2026 г., 14:05» in the school's time; a dash when there is none."""
    if value is None:
        return "—"
    local = value.astimezone(office().school.time_zone)
    form = "d MMMM y, HH:mm"
    return format_datetime(local, form, locale=LANGUAGE).replace(" ", "\N{NO-BREAK SPACE}", 1)


def clock(value: datetime) -> str:
    """«14:05» in the school's time."""
    return value.astimezone(office().school.time_zone).strftime("%H:%M")


def day(value: date | None) -> str:
    """«21 ноября 2026», of a moment in the school's time; a dash when there is none."""
    if value is None:
        return "—"
    zone = office().school.time_zone
    local = value.astimezone(zone) if isinstance(value, datetime) else value
    return format_date(local, "d MMMM y", locale=LANGUAGE).replace(" ", "\N{NO-BREAK SPACE}")


def number(value: float) -> str:
    """A number with its thousands set apart: 12 345 or 12,345."""
    return format_decimal(value, locale=LANGUAGE)


def megabytes(size: int) -> str:
    """A size in bytes as people read it: «1,2 МБ», «340 КБ»."""
    big = size >= MEGABYTE
    value = format_decimal(
        size / (MEGABYTE if big else 1000), format="0.0" if big else "0", locale=LANGUAGE
    )
    words = _("{size}\N{NO-BREAK SPACE}МБ") if big else _("{size}\N{NO-BREAK SPACE}КБ")
    return words.format(size=value)
