"""Where somebody is signed in, and ending it everywhere."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session


def end_sessions(user: int, *, now: datetime, but: str | None = "") -> int:
    """Sign an account out on all devices but the session with the key `but`; returns how many.

    Sessions do not name their account in a column; a school has few of them at a time.
    """
    alive = Session.objects.filter(expire_date__gt=now).exclude(session_key=but or "")
    hers = [
        session.pk
        for session in alive.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user)
    ]
    Session.objects.filter(pk__in=hers).delete()
    return len(hers)


def sweep_sessions(*, now: datetime) -> None:
    """Forget the sessions that have ended by themselves."""
    Session.objects.filter(expire_date__lte=now).delete()
