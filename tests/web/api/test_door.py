"""Who may come in, and what is said to those who may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from broadcaster.bootstrap import office
from broadcaster.domain.scopes import Scope
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.tokens import revoke_token
from broadcaster.store.models import ApiToken
from broadcaster.web.api import api, urlpatterns
from tests.web.api.desk import EXCURSION, PREFIX, Diary, answer_of, diary
from tests.web.staff import administrator

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("settings_file"),
]

KEY = "0c8f5d0e-1b7a-4b52-9d3f-5f1c2f6f0a11"
NEEDS = [
    ("POST", "/announcements", {Scope.WRITE}),
    ("GET", "/announcements", {Scope.WRITE, Scope.REPORTS}),
    ("GET", f"/announcements/{KEY}", {Scope.WRITE, Scope.REPORTS}),
    ("POST", f"/announcements/{KEY}/release", {Scope.RELEASE}),
    ("POST", f"/announcements/{KEY}/pause", {Scope.WRITE}),
    ("POST", f"/announcements/{KEY}/resume", {Scope.WRITE}),
    ("POST", f"/announcements/{KEY}/cancel", {Scope.WRITE}),
    ("POST", f"/announcements/{KEY}/files", {Scope.WRITE}),
    ("GET", f"/announcements/{KEY}/report", {Scope.REPORTS}),
    ("PUT", "/people", {Scope.WRITE_PEOPLE}),
    ("GET", "/people", {Scope.READ_PEOPLE}),
    ("GET", "/groups", set(Scope)),
]


def ids(value: object) -> str:
    return value.removesuffix(KEY) if isinstance(value, str) else ""


@pytest.mark.parametrize(("method", "path", "_scopes"), NEEDS, ids=ids)
def test_a_stranger_is_refused(method: str, path: str, _scopes: set[Scope]) -> None:
    said = Diary().send(method, path, {})
    assert (said.status, said.code) == (401, "unauthorized")
    assert said.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "scopes"), NEEDS, ids=ids)
def test_a_token_opens_what_its_scopes_say(method: str, path: str, scopes: set[Scope]) -> None:
    opened = {scope for scope in Scope if diary(scope).send(method, path, {}).status != 403}
    assert opened == scopes


def test_every_operation_is_in_that_list() -> None:
    described = {
        (method.upper(), path.replace("{announcement}", KEY))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }
    assert {(method, PREFIX + path) for method, path, _scopes in NEEDS} == described


def test_what_is_missing_is_named() -> None:
    said = diary(Scope.REPORTS).post("/announcements", EXCURSION)
    assert (said.status, said.code) == (403, "scope_missing")
    assert "announcements:write" in said.json["title"]


def test_an_administrators_cookie_opens_nothing() -> None:
    made = administrator().get(f"{PREFIX}/groups")
    assert made.status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "bc_x", "Bearer \x00", "я"])
def test_a_bad_header_is_refused(header: str) -> None:
    made = Client().get(f"{PREFIX}/groups", headers={"Authorization": header})
    assert answer_of(made).code == "unauthorized"


def test_a_revoked_token_is_refused() -> None:
    program = diary()
    revoke_token(ApiToken.objects.get().pk, by=COMMAND_LINE, now=datetime.now(UTC))
    assert program.get("/groups").status == 401


def test_a_token_that_has_ended_is_refused() -> None:
    program = diary(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert program.get("/groups").status == 401


def test_a_program_that_asks_too_often_is_told_to_wait(settings_file: Path) -> None:
    settings_file.write_text("api: {limit: 2/minute}", "utf-8")
    office.cache_clear()
    busy, other = diary(), diary()
    assert [busy.get("/groups").status for _ in range(3)] == [200, 200, 429]
    said = busy.get("/groups")
    assert said.code == "too_many_requests"
    assert 1 <= int(said.headers["Retry-After"]) <= 60
    assert other.get("/groups").status == 200


@pytest.mark.parametrize("path", ["/", "/nothing", "/announcements/x/y/z", "/announcements/"])
def test_what_is_not_there_is_told_in_the_same_shape(path: str) -> None:
    assert diary().get(path).code == "not_found"


def test_a_method_that_is_not_there_is_told_in_the_same_shape() -> None:
    said = diary().send("DELETE", "/groups")
    assert (said.status, said.code) == (405, "method_not_allowed")
    assert said.headers["Allow"] == "GET"


def test_a_strange_number_is_told() -> None:
    said = diary().get("/announcements/7")
    assert (said.code, said.places) == ("invalid", ["path.announcement"])


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"title": "\\ud800"}', b"1" * 10_000, b"null"],
    ids=["empty", "half", "no-utf8", "deep", "half-pair", "long-number", "null"],
)
def test_what_cannot_be_read_is_told(raw: bytes) -> None:
    said = diary().raw("POST", "/announcements", raw)
    assert said.status in {400, 422}
    assert said.code in {"unreadable", "invalid"}


def test_too_much_is_told() -> None:
    said = diary().raw("POST", "/announcements", b'"' + b"a" * 3_000_000 + b'"')
    assert (said.status, said.code) == (413, "too_large")


def test_the_description_is_open() -> None:
    said = answer_of(Client().get(f"{PREFIX}/openapi.json"))
    assert said.status == 200
    assert said.json["openapi"].startswith("3.1")


def test_the_page_for_people_runs_no_script_of_its_own() -> None:
    made = Client().get(f"{PREFIX}/docs")
    page = made.content.decode()
    assert made.status_code == 200
    assert "Idempotency-Key" in page
    assert "unsafe" not in made.headers["Content-Security-Policy"]
    assert "<script>" not in page


def test_nothing_is_kept_by_caches() -> None:
    assert diary().get("/groups").headers["Cache-Control"] == "no-store"


def test_every_view_is_opened_on_purpose() -> None:
    def views(patterns: list[URLPattern | URLResolver]) -> list[object]:
        return [one.callback for one in patterns if isinstance(one, URLPattern)]

    assert all(view.login_required is False for view in views(urlpatterns))  # type: ignore[attr-defined]
