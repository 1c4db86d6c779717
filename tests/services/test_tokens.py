"""Keys of other programs: shown once, known by a digest, closed in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from broadcaster.domain.scopes import Scope
from broadcaster.services.audit import COMMAND_LINE, Actor
from broadcaster.services.tokens import (
    NoSuchToken,
    actor_of_token,
    make_token,
    revoke_token,
    token_of,
)
from broadcaster.store.models import ApiToken, AuditEntry
from tests.school import LATER, NOON

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def made(**also: Any) -> tuple[ApiToken, str]:
    return make_token("Дневник", [Scope.REPORTS], by=COMMAND_LINE, now=NOON, **also)


def test_a_secret_opens() -> None:
    token, secret = made()
    assert token_of(secret, now=NOON) == token


def test_the_secret_itself_is_kept_nowhere() -> None:
    _token, secret = made()
    assert secret.startswith("bc_")
    row = ApiToken.objects.values().get()
    assert secret not in str(row)
    assert secret[3:] not in str(row)


def test_two_secrets_differ() -> None:
    assert made()[1] != made()[1]


@pytest.mark.parametrize("secret", ["", "bc_", "bc_" + "a" * 43, "я", "\x00", "\udcff"])
def test_a_guess_opens_nothing(secret: str) -> None:
    made()
    assert token_of(secret, now=NOON) is None


def test_a_revoked_token_opens_nothing() -> None:
    token, secret = made()
    assert revoke_token(token.pk, by=COMMAND_LINE, now=NOON)
    assert token_of(secret, now=LATER) is None


def test_revoking_twice_is_told_once() -> None:
    token, _secret = made()
    revoke_token(token.pk, by=COMMAND_LINE, now=NOON)
    assert not revoke_token(token.pk, by=COMMAND_LINE, now=LATER)
    assert AuditEntry.objects.filter(action="token_revoked").count() == 1


def test_revoking_what_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchToken):
        revoke_token(7, by=COMMAND_LINE, now=NOON)


def test_a_token_ends_on_its_day() -> None:
    _token, secret = made(expires_at=LATER)
    assert token_of(secret, now=LATER - timedelta(seconds=1)) is not None
    assert token_of(secret, now=LATER) is None


def test_the_last_use_is_noted_once_a_minute() -> None:
    _token, secret = made()
    moments = [NOON, NOON + timedelta(seconds=59), NOON + timedelta(seconds=60)]
    noted = []
    for moment in moments:
        token_of(secret, now=moment)
        noted.append(ApiToken.objects.get().last_used_at)
    assert noted == [moments[0], moments[0], moments[2]]


def test_who_made_a_token_is_in_the_audit_log() -> None:
    token, _secret = make_token("Сайт", [Scope.WRITE], by=Actor("Иванова"), now=NOON)
    entry = AuditEntry.objects.get(action="token_made")
    assert (entry.actor, entry.subject, entry.facts) == (
        "Иванова",
        str(token.pk),
        {"scopes": ["announcements:write"]},
    )


def test_a_program_acts_under_its_tokens_name() -> None:
    assert actor_of_token(made()[0]).name == "Дневник"
