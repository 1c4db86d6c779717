"""How often one address may ask for the pages that anybody can reach."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter

from broadcaster.bootstrap import office
from broadcaster.config import ConfigMistake
from broadcaster.web.addresses import client_address, network_of
from broadcaster.web.views.refusals import too_many

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """How often pages may be asked for, and how often forms may be sent."""

    read: RateLimitItem
    send: RateLimitItem


def _rule(read: str, send: str) -> Rule:
    return Rule(parse(read), parse(send))


# A whole school may sit behind one address, and a mail provider unsubscribes many from one.
RULES: Mapping[str, Rule] = {
    "site": _rule("1200/minute", "60/minute"),
    "site-file": _rule("1200/minute", "60/minute"),
    "unsubscribe": _rule("600/minute", "600/minute"),
    "acknowledge": _rule("1200/minute", "1200/minute"),
    "calendar_feed": _rule("240/minute", "20/minute"),
    "login": _rule("240/minute", "30/minute"),
    "second-factor": _rule("240/minute", "30/minute"),
    "second-factor-begin": _rule("240/minute", "20/minute"),
    "second-factor-confirm": _rule("240/minute", "20/minute"),
    "second-factor-drop": _rule("240/minute", "20/minute"),
    "password": _rule("240/minute", "20/minute"),
    "start": _rule("120/minute", "20/minute"),
    "start-administrator": _rule("120/minute", "20/minute"),
    "forgotten": _rule("120/minute", "10/minute"),
    "welcome": _rule("120/minute", "20/minute"),
}
"""By the names of addresses; what is not named needs somebody who has signed in."""


class LimitsMiddleware:
    """Turns away whoever asks too often, before anything is looked up for her."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on; what matters happens when its address is known."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        """None lets the view answer."""
        name = request.resolver_match.url_name if request.resolver_match else None
        rule = RULES.get(name or "")
        if rule is None:
            return None
        item = rule.send if request.method == "POST" else rule.read
        wait = seconds_to_wait(item, name or "", str(request.method == "POST"), _who(request))
        return too_many(request, wait) if wait else None


def seconds_to_wait(item: RateLimitItem, *keys: str) -> int:
    """Count one more request; 0 when it may go on, else so many seconds until it may.

    A storage that is away lets everybody in: families must be able to leave.
    """
    try:
        limiter = FixedWindowRateLimiter(office().limits_storage)
        if limiter.hit(item, "web", *keys):
            return 0
        reset = limiter.get_window_stats(item, "web", *keys).reset_time
    except (ConfigMistake, StorageError, OSError) as error:
        cause = getattr(error, "storage_error", error)
        log.warning("limits.away", extra={"error": type(cause).__name__})
        return 0
    return max(1, round(reset - time.time()))


def _who(request: HttpRequest) -> str:
    return network_of(client_address(request))
