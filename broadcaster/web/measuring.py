"""How long answers take, by view: a histogram that /metrics tells."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Histogram

REGISTRY = CollectorRegistry()
"""What this process has counted itself; nothing of the machine or of Python."""

DURATIONS = Histogram(
    "broadcaster_request_duration_seconds",
    "How long this process took to answer, by view and class of the status.",
    ["view", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4),
    registry=REGISTRY,
)


class MeasuringMiddleware:
    """Measures every request; an address never becomes a label, the name of its view does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and remember how long it took."""
        started = time.perf_counter()
        response = self._get_response(request)
        found = getattr(request, "resolver_match", None)
        view = (found.view_name if found else "") or "none"
        status = f"{response.status_code // 100}xx"
        DURATIONS.labels(view=view, status=status).observe(time.perf_counter() - started)
        return response
