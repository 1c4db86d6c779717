"""Keys of the school's other programs: made and shown once, known by their digest, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet

from broadcaster.domain.scopes import Scope, is_open, is_worth_noting
from broadcaster.services.audit import Action, Actor, record
from broadcaster.store.models import ApiToken

PREFIX = "bc_"
"""Programs that look for secrets in files find ours by it."""


class NoSuchToken(Exception):
    """There is no token with this number."""


def make_token(
    name: str,
    scopes: Iterable[Scope],
    *,
    expires_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    chosen = sorted(set(scopes))
    with transaction.atomic():
        token = ApiToken.objects.create(
            name=name,
            digest=_digest(secret),
            scopes=chosen,
            made_by_id=by.user,
            made_at=now,
            expires_at=expires_at,
        )
        record(by, Action.TOKEN_MADE, now=now, kind="token", subject=token.pk, scopes=chosen)
    return token, secret


def revoke_token(number: int, *, by: Actor, now: datetime) -> bool:
    """Close a token for ever; False when it was closed before. Raises NoSuchToken."""
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(pk=number).first()
        if token is None:
            raise NoSuchToken(str(number))
        if token.revoked_at is not None:
            return False
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(by, Action.TOKEN_REVOKED, now=now, kind="token", subject=number)
    return True


def token_of(secret: str, *, now: datetime) -> ApiToken | None:
    """The open token with this secret; its use is noted, once a minute at most."""
    token = ApiToken.objects.filter(digest=_digest(secret)).first()
    if token is None or not is_open(
        now=now, expires_at=token.expires_at, revoked_at=token.revoked_at
    ):
        return None
    if is_worth_noting(now=now, last_used_at=token.last_used_at):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def all_tokens() -> QuerySet[ApiToken]:
    """Every token, newest first."""
    return ApiToken.objects.order_by("-pk")


def actor_of_token(token: ApiToken) -> Actor:
    """Who acts when this token is used, for the audit log."""
    return Actor(token.name)


def _digest(secret: str) -> str:
    """What is kept: the secret is random, so it needs no salt and no slow hash."""
    return sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
