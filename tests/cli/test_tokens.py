"""`tokens`: keys are made, listed without their secrets, and revoked."""

from __future__ import annotations

import pytest

from broadcaster.services.audit import COMMAND_LINE
from broadcaster.store.models import ApiToken, AuditEntry
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]


def made(typed: Typed, *also: str) -> str:
    said = typed("tokens", "add", "Дневник", "--scope", "reports:read", *also, "--json")
    return str(said.json["token"])


def test_a_secret_is_shown_once(typed: Typed) -> None:
    said = typed("tokens", "add", "Дневник", "--scope", "reports:read")
    assert said.code == 0
    assert said.out.startswith("bc_")
    secret = said.out.splitlines()[0]
    assert secret not in typed("tokens", "list").out
    assert secret not in typed("tokens", "list", "--json").out


def test_scopes_can_be_given_several_times(typed: Typed) -> None:
    made(typed, "--scope", "people:read")
    assert ApiToken.objects.get().scopes == ["people:read", "reports:read"]


def test_an_unknown_scope_is_told(typed: Typed) -> None:
    said = typed("tokens", "add", "Дневник", "--scope", "everything")
    assert (said.code, ApiToken.objects.count()) == (3, 0)
    assert "announcements:write" in said.err


@pytest.mark.parametrize("day", ["завтра", "2020-01-01"])
def test_a_strange_last_day_is_told(typed: Typed, day: str) -> None:
    said = typed("tokens", "add", "Дневник", "--scope", "reports:read", "--until", day)
    assert (said.code, ApiToken.objects.count()) == (3, 0)


def test_a_token_can_be_revoked(typed: Typed) -> None:
    made(typed)
    number = str(ApiToken.objects.get().pk)
    assert typed("tokens", "revoke", number).code == 0
    assert "отозван" in typed("tokens", "list").out
    assert AuditEntry.objects.latest("pk").actor == COMMAND_LINE.name


def test_what_is_not_there_cannot_be_revoked(typed: Typed) -> None:
    said = typed("tokens", "revoke", "7", "--json")
    assert (said.code, said.json["error"]) == (3, "no_such_token")


def test_an_empty_list_says_what_to_do(typed: Typed) -> None:
    assert "tokens add" in typed("tokens", "list").out
