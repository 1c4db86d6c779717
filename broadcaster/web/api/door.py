"""Who may come in: a token in the header, its scopes, and not too often."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.strategies import MovingWindowRateLimiter
from ninja.security import HttpBearer

from broadcaster.bootstrap import office
from broadcaster.domain.scopes import Scope
from broadcaster.i18n import _
from broadcaster.services.tokens import token_of
from broadcaster.store.models import ApiToken
from broadcaster.web.api.problems import Problem, unauthorized

log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


class ApiRequest(HttpRequest):
    """A request that has come through the door."""

    auth: ApiToken


class Bearer(HttpBearer):
    """Opens an operation to tokens that have any of these scopes; with none named, to any token."""

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self.scopes = frozenset(scopes)

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """The token; raises Problem."""
        del request
        found = token_of(token.strip(), now=datetime.now(UTC))
        if found is None:
            raise unauthorized()
        _count(found)
        if self.scopes and not self.scopes & set(found.scopes):
            raise scope_missing(*self.scopes)
        return found


def scope_missing(*scopes: Scope) -> Problem:
    """The token does not open this."""
    names = _(" или ").join(sorted(scopes))
    title = _("У ключа нет права {scopes}.").format(scopes=names)
    detail = _("Права ключа задаёт администратор школы, когда его создаёт.")
    return Problem(403, "scope_missing", title, detail=detail)


def has_scope(request: ApiRequest, scope: Scope) -> bool:
    """Whether the token has this scope."""
    return scope in request.auth.scopes


def opened(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    """An address of the API without the staff's sign-in: the token is the permission."""
    if isinstance(pattern, URLPattern):
        pattern.callback = _door(pattern.callback)
    return pattern


def _door(view: View) -> View:
    """Cookies open nothing here, so no CSRF token is asked for either."""

    @wraps(view)
    def through(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        response = view(request, *args, **values)
        if isinstance(response, HttpResponseNotAllowed):
            return _not_allowed(response)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    through.csrf_exempt = True  # type: ignore[attr-defined]
    return login_not_required(through)


def _not_allowed(response: HttpResponse) -> HttpResponse:
    title = _("Так с этим адресом нельзя; можно: {methods}.").format(methods=response["Allow"])
    return Problem(
        405, "method_not_allowed", title, headers={"Allow": response["Allow"]}
    ).response()


def _count(token: ApiToken) -> None:
    """Raise Problem when this token asks too often."""
    wait = _wait(parse(office().api.limit), str(token.pk))
    if wait is None:
        return
    raise Problem(
        429,
        "too_many_requests",
        _("Слишком много запросов."),
        detail=_("Предел: {limit} на один ключ.").format(limit=office().api.limit),
        headers={"Retry-After": str(max(1, math.ceil(wait)))},
    )


def _wait(limit: RateLimitItem, token: str) -> float | None:
    """Seconds until this token may ask again; None when it may, or when nobody can count."""
    limiter = MovingWindowRateLimiter(office().limits_storage)
    try:
        if limiter.hit(limit, "api", token):
            return None
        return limiter.get_window_stats(limit, "api", token).reset_time - time.time()
    except StorageError as error:
        log.warning("api.limits_away", extra={"error": type(error.storage_error).__name__})
        return None
