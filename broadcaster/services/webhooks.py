"""Addresses of other programs that want to hear, and the calls to them.

What is to be told is a row (`services/ends.py`). A call leaves outside of any transaction, is
signed, and is made again, later and later, until it has been heard. Who does not hear is stopped.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import QuerySet

from broadcaster.config import Webhooks
from broadcaster.domain.calls import SECRET_PREFIX, Event, Unsafe, unsafe_url, wait_after
from broadcaster.services.audit import SYSTEM, Action, Actor, record
from broadcaster.services.calls import Call, is_heard
from broadcaster.services.ends import NOT_WANTED, payload_of
from broadcaster.store.models import Webhook, WebhookCall

AT_ONCE = 20
"""Calls of one round."""
LEASE = timedelta(minutes=2)
"""A call whose worker has died is made again after it."""
TEST = "test"
CALLS = UUID("0b6d9f0e-3f0c-4f0e-9b8e-6d1f6c1c2a57")
"""The namespace of the ids of calls."""


class NoSuchWebhook(Exception):
    """There is no webhook with this number."""


class UnsafeAddress(Exception):
    """Calls must not go to this address; `why` says why."""

    def __init__(self, why: Unsafe) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Claimed:
    """A call that this worker makes now, and how often it has been tried with this one."""

    row: int
    webhook: int
    tries: int
    call: Call


def add_webhook(
    url: str, events: Iterable[Event], rules: Webhooks, *, by: Actor, now: datetime
) -> Webhook:
    """Keep a new webhook with a secret of its own; raises UnsafeAddress."""
    if why := unsafe_url(url, allow_private=rules.allow_private):
        raise UnsafeAddress(why)
    secret = SECRET_PREFIX + b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        webhook = Webhook.objects.create(
            url=url, secret=secret, events=sorted(set(events)), made_at=now
        )
        _record(webhook.pk, "added", by=by, now=now)
    return webhook


def stop_webhook(number: int, *, by: Actor, now: datetime) -> None:
    """Tell this webhook nothing for the time being; raises NoSuchWebhook."""
    with transaction.atomic():
        _found(number)
        if Webhook.objects.filter(pk=number, stopped_at=None).update(stopped_at=now):
            _record(number, "stopped", by=by, now=now)


def start_webhook(number: int, *, by: Actor, now: datetime) -> None:
    """Tell this webhook again, first what it has missed; raises NoSuchWebhook."""
    with transaction.atomic():
        _found(number)
        if Webhook.objects.filter(pk=number).exclude(stopped_at=None).update(stopped_at=None):
            missed = WebhookCall.objects.filter(webhook=number, done_at=None)
            missed.exclude(event=TEST).update(due_at=now, attempts=0)
            _record(number, "started", by=by, now=now)


def drop_webhook(number: int, *, by: Actor, now: datetime) -> None:
    """Forget a webhook and what it was told; raises NoSuchWebhook."""
    with transaction.atomic():
        _found(number).delete()
        _record(number, "removed", by=by, now=now)


def try_webhook(number: int, rules: Webhooks, *, now: datetime) -> str:
    """Make one call that says nothing and return what came of it; raises NoSuchWebhook."""
    webhook = _found(number)
    row = WebhookCall.objects.create(
        webhook=webhook,
        event=TEST,
        subject=str(uuid4()),
        payload=payload_of(TEST, now, {}),
        attempts=1,
    )
    (answer,) = _ask([_claimed(row).call], rules)
    done_at = now if is_heard(answer) else None
    WebhookCall.objects.filter(pk=row.pk).update(answer=answer, done_at=done_at)
    return answer


def all_webhooks() -> QuerySet[Webhook]:
    """Every webhook, oldest first."""
    return Webhook.objects.order_by("pk")


def latest_calls(limit: int) -> list[WebhookCall]:
    """What was told last, to anybody, newest first."""
    told = WebhookCall.objects.exclude(answer=NOT_WANTED).select_related("webhook")
    return list(told.order_by("-pk")[:limit])


def calls_due(now: datetime) -> bool:
    """Whether somebody is to be called."""
    return _due(now).exists()


def call_due(rules: Webhooks, *, now: datetime) -> int:
    """Make the calls that are due, a round of them, and return how many were heard."""
    claimed = [one for row in _due(now)[:AT_ONCE] if (one := _claim(row, now))]
    answers = _ask([one.call for one in claimed], rules) if claimed else []
    after = datetime.now(UTC)
    for one, answer in zip(claimed, answers, strict=True):
        _note(one, answer, max(now, after))
    return sum(map(is_heard, answers))


def _ask(calls: Sequence[Call], rules: Webhooks) -> list[str]:
    from broadcaster.services.calling import ask_all  # noqa: PLC0415 - aiohttp is slow to import

    return ask_all(calls, rules)


def _due(now: datetime) -> QuerySet[WebhookCall]:
    due = WebhookCall.objects.filter(due_at__lte=now, webhook__stopped_at=None)
    return due.select_related("webhook").order_by("due_at", "pk")


def _claim(row: WebhookCall, now: datetime) -> Claimed | None:
    """Take a call; None when another worker was quicker."""
    mine = WebhookCall.objects.filter(pk=row.pk, due_at=row.due_at, attempts=row.attempts)
    row.attempts += 1
    return _claimed(row) if mine.update(due_at=now + LEASE, attempts=row.attempts) else None


def _claimed(row: WebhookCall) -> Claimed:
    webhook = row.webhook
    call = Call(_id(row), webhook.url, webhook.secret, row.payload)
    return Claimed(row.pk, webhook.pk, row.attempts, call)


def _id(row: WebhookCall) -> str:
    """The same whenever this is told, and of nothing else, even if a restore repeats its row."""
    return f"call_{uuid5(CALLS, f'{row.webhook_id} {row.event} {row.subject}')}"


def _note(one: Claimed, answer: str, now: datetime) -> None:
    """Keep the answer; a webhook that has not heard one thing often enough is stopped."""
    if is_heard(answer):
        WebhookCall.objects.filter(pk=one.row).update(answer=answer, done_at=now, due_at=None)
        return
    gone = answer == str(HTTPStatus.GONE.value)
    wait = None if gone else wait_after(one.tries)
    due_at = None if wait is None else now + wait
    with transaction.atomic():
        WebhookCall.objects.filter(pk=one.row, done_at=None).update(answer=answer, due_at=due_at)
        if due_at is None and Webhook.objects.filter(pk=one.webhook, stopped_at=None).update(
            stopped_at=now
        ):
            _record(one.webhook, "stopped", by=SYSTEM, now=now)


def _found(number: int) -> Webhook:
    webhook = Webhook.objects.filter(pk=number).first()
    if webhook is None:
        raise NoSuchWebhook(str(number))
    return webhook


def _record(number: int, change: str, *, by: Actor, now: datetime) -> None:
    record(by, Action.WEBHOOK_CHANGED, now=now, kind="webhook", subject=number, change=change)
