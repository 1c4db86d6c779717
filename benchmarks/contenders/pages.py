"""Broadcaster's screens, asked for one after the other inside this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from benchmarks import crowd
from benchmarks.stopwatch import stopwatch
from broadcaster.domain.permissions import Role
from broadcaster.store.models import (
    Address,
    Announcement,
    ApprovalRequest,
    AuditEntry,
    Delivery,
    Destination,
    Group,
    Guardian,
    Pupil,
    Staff,
)

OK, WARM = 200, 2
"""Requests before any is timed."""

FILES = ("csv", "xlsx", "export", "sample", "announcement-act")
"""Names with these give whole files, and the act to be printed: they may take longer."""

LEFT_OUT = frozenset({"home", "logout", "login", "docs", "metrics"})


@dataclass(frozen=True, slots=True)
class Screen:
    """What is asked for: `who` asks."""

    name: str
    path: str
    who: Role = Role.ADMINISTRATOR
    headers: Mapping[str, str] = field(default_factory=dict)


def run(*, requests: int) -> dict[str, Any]:
    """For each screen its name, status, milliseconds and number of queries."""
    settings.ALLOWED_HOSTS = ["testserver"]
    browsers = {role: _browser(role) for role in Role}
    found = [_measured(screen, browsers[screen.who], requests) for screen in _screens()]
    return {"screens": found, "unnamed": _unmeasured({one["name"] for one in found})}


def _browser(role: Role) -> Client:
    client = Client(raise_request_exception=False)
    user = Staff.objects.get(role=role).user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _measured(screen: Screen, client: Client, requests: int) -> dict[str, Any]:
    def ask() -> Any:
        response = client.get(screen.path, headers=dict(screen.headers))
        content = b"".join(response) if response.streaming else response.content
        return response.status_code, len(content)

    with CaptureQueriesContext(connection) as asked:
        status, size = ask()
    slowest = sorted(asked.captured_queries, key=lambda one: -float(one["time"]))[:1]
    queries, laps, cpu = len(asked), [], []
    for turn in range(WARM + requests if status == OK else 0):
        with stopwatch() as lap:
            ask()
        if turn >= WARM:
            laps.append(lap.seconds * 1000)
            cpu.append(lap.cpu * 1000)
    return {
        "name": screen.name + ("" if screen.who is Role.ADMINISTRATOR else f", {screen.who}"),
        "status": status,
        "size": size,
        "laps": laps,
        "cpu": cpu,
        "queries": queries,
        "slowest": slowest[0] if slowest else None,
        "file": any(word in screen.name for word in FILES),
    }


def _screens() -> Iterator[Screen]:
    numbers = _numbers()
    for name in _names(get_resolver()):
        for given in (numbers.get(name), numbers.get(name.partition("-")[0]), []):
            try:
                path = reverse(name, args=given)
            except NoReverseMatch:
                continue
            yield Screen(name, path)
            break
    for name, query in QUERIES:
        try:
            yield Screen(f"{name} {query}", f"{reverse(name)}{query}")
        except NoReverseMatch:
            continue
    for name in ("announcements", "people", "groups"):
        yield Screen(name, reverse(name), Role.TEACHER)
    yield Screen(
        "announcement", reverse("announcement", args=numbers["announcement"]), Role.TEACHER
    )
    secret = crowd.token()
    released = numbers["announcement"][0]
    for path in (f"announcements/{released}", f"announcements/{released}/report"):
        yield Screen(f"api {path.partition('/')[2][37:] or 'announcement'}", f"/api/v1/{path}",
                     headers={"authorization": f"Bearer {secret}"})  # fmt: skip


QUERIES = (
    ("announcements", "?q=лёд"),
    ("announcements", "?page=3"),
    ("announcements", "?shelf=finished"),
    ("people", "?q=иванова"),
    ("people", "?page=20"),
    ("audit", "?page=20"),
)


OF_DRAFTS = (
    "attachments", "audience-count", "confirm", "drop", "edit", "previews", "recipients",
    "unreachable",
)  # fmt: skip


def _numbers() -> dict[str, list[Any]]:
    """What each screen wants in its address, by its name or the name's first word."""
    asked = ApprovalRequest.objects.get()
    draft = Announcement.objects.exclude(pk=asked.announcement_id).get(released_at=None).pk
    running = Announcement.objects.order_by("-released_at").exclude(released_at=None)[0].pk
    copy = Delivery.objects.filter(announcement=running).first()
    failed = Delivery.objects.filter(state="failed").order_by("-pk").first()
    assert copy
    assert failed
    guardian = Guardian.objects.first()
    address = Address.objects.filter(guardian=guardian).first()
    pupil = Pupil.objects.first()
    place = Destination.objects.first()
    assert guardian and address and pupil and place  # noqa: PT018
    group = Group.objects.first()
    assert group
    finished = failed.announcement_id
    return {
        "announcement": [finished],
        "announcement-progress": [running],
        "announcement-copy": [finished, failed.pk],
        "announcement-told": [finished, failed.guardian_id],
        **{name: [draft] for name in OF_DRAFTS},
        "preview-page": [draft, "email"],
        "approval": [asked.pk],
        "person": [guardian.pk],
        "person-new": [],
        "address": [guardian.pk, address.pk],
        "address-new": [guardian.pk],
        "child": [pupil.pk],
        "child-new": [guardian.pk],
        "children-merge": [pupil.pk, pupil.pk + 1],
        "people-merge": [guardian.pk, guardian.pk + 1],
        "group": [group.pk],
        "group-new": [],
        "place": [place.pk],
        "place-new": [],
        "people-import-sample": ["people", "xlsx"],
        "settings-channel": ["email"],
        "channel-shut": ["email"],
        "staff-edit": [Staff.objects.get(role=Role.TEACHER).pk],
        "audit-entry": [AuditEntry.objects.order_by("pk")[0].pk],
    }


def _names(resolver: URLResolver) -> Iterator[str]:
    """Every name of a screen for the staff."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if not pattern.namespace:
                yield from _names(pattern)
        elif isinstance(pattern, URLPattern) and _is_screen(pattern):
            yield str(pattern.name)


def _is_screen(pattern: URLPattern) -> bool:
    asks = getattr(pattern.callback, "right", None) is not None
    return asks and bool(pattern.name) and pattern.name not in LEFT_OUT


def _unmeasured(measured: set[str]) -> list[str]:
    return sorted(set(_names(get_resolver())) - measured)
