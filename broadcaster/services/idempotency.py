"""A request that another program repeats is done once: the answer is kept beside what it changed.

The key is taken in one transaction, so that a second request sees that the first is under way; the
work and its answer are one other transaction. A worker that dies between the two has done nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from broadcaster.store.models import ApiToken, IdempotencyKey

KEPT = timedelta(hours=36)
"""An answer may be asked for again so long."""
ABANDONED = timedelta(minutes=5)
"""Nobody works on one request longer: whoever took the key has died."""


class UnderWay(Exception):
    """The first request with this key has not been answered yet."""


class OtherRequest(Exception):
    """The key was used for a request that said something else."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered; `replayed` when it had been done before."""

    status: int
    body: Mapping[str, Any]
    replayed: bool = False


def once(
    token: ApiToken,
    key: str,
    fingerprint: str,
    work: Callable[[], tuple[int, Mapping[str, Any]]],
    *,
    now: datetime,
) -> Answer:
    """Do the work in a transaction, or give the first answer again.

    Work that raises has changed nothing and leaves the key free. Raises UnderWay and OtherRequest.
    """
    row = _taken(token, key, fingerprint, now)
    if row is None:
        return _first_answer(token, key, fingerprint)
    try:
        with transaction.atomic():
            status, body = work()
            IdempotencyKey.objects.filter(pk=row).update(status=status, answer=body)
    except BaseException:
        IdempotencyKey.objects.filter(pk=row, status=0).delete()
        raise
    return Answer(status, body)


def _taken(token: ApiToken, key: str, fingerprint: str, now: datetime) -> int | None:
    """The row that makes this request the first one; None when another was quicker."""
    old = IdempotencyKey.objects.filter(at__lt=now - KEPT)
    dead = IdempotencyKey.objects.filter(token=token, key=key, status=0, at__lt=now - ABANDONED)
    try:
        with transaction.atomic():
            (old | dead).delete()
            return IdempotencyKey.objects.create(
                token=token, key=key, fingerprint=fingerprint, at=now
            ).pk
    except IntegrityError:
        return None


def _first_answer(token: ApiToken, key: str, fingerprint: str) -> Answer:
    row = IdempotencyKey.objects.filter(token=token, key=key).first()
    if row is None:
        raise UnderWay(key)
    if row.fingerprint != fingerprint:
        raise OtherRequest(key)
    if not row.status or row.answer is None:
        raise UnderWay(key)
    return Answer(row.status, row.answer, replayed=True)
