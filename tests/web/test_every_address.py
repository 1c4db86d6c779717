"""One table says who may open what; an address that is not in it fails here.

A new screen: give its address a name, put the name into `WHO`. An address of somebody's own things
(an announcement, a family, a group) goes into `OWN` or another set that names `of_1a`: then the
teacher of another group must not get in. Where the thing itself does not exist in this small
school, put the name into `MADE_UP`: not found is then as good as let in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from broadcaster.domain.permissions import Role
from broadcaster.services.control import unsubscribe_token
from broadcaster.store.models import (
    Announcement,
    ApiToken,
    ApprovalRequest,
    Series,
    Staff,
    Webhook,
)
from tests import school
from tests.school import NOON
from tests.web.addresses import Address, every_address
from tests.web.desk import Write
from tests.web.staff import browser, member

pytestmark = pytest.mark.django_db

STRANGER, TEACHER, OTHER, APPROVER, AUDITOR, ADMINISTRATOR = (
    "a stranger",
    "the teacher of 1А",
    "the teacher of 2Б",
    "a deputy head",
    "an auditor",
    "an administrator",
)
PEOPLE = (STRANGER, TEACHER, OTHER, APPROVER, AUDITOR, ADMINISTRATOR)

Who = frozenset[str]
EVERYBODY = Who(PEOPLE)
STAFF = Who({TEACHER, OTHER, APPROVER, AUDITOR, ADMINISTRATOR})
OF_1A = Who({TEACHER, APPROVER, AUDITOR, ADMINISTRATOR})
WRITERS = Who({TEACHER, OTHER, APPROVER, ADMINISTRATOR})
WRITERS_OF_1A = Who({TEACHER, APPROVER, ADMINISTRATOR})
APPROVERS = Who({APPROVER, ADMINISTRATOR})
OVERSEERS = Who({AUDITOR, ADMINISTRATOR})
MANAGERS = Who({ADMINISTRATOR})
PROGRAMS = Who()
"""Other programs of the school, which show a token; no browser gets in."""


def _named(who: Who, names: str) -> dict[str, Who]:
    return dict.fromkeys(names.split(), who)


WHO: Mapping[str, Who] = {
    # Families, machines that watch, and coming in
    **_named(EVERYBODY, "healthz readyz site site-file unsubscribe acknowledge brand"),
    **_named(EVERYBODY, "login logout forgotten welcome start start-administrator"),
    **_named(PROGRAMS, "metrics"),
    # One's own account
    **_named(STAFF, "home account password sign-out-everywhere second-factor"),
    **_named(STAFF, "second-factor-settings second-factor-begin second-factor-confirm"),
    **_named(STAFF, "second-factor-drop"),
    **_named(WRITERS, "absence"),
    # Writing
    **_named(STAFF, "announcements"),
    **_named(WRITERS, "new"),
    **_named(WRITERS_OF_1A, "edit recipients repeat drop audience-count unreachable confirm"),
    **_named(WRITERS_OF_1A, "back-to-draft repeat-words series series-stop series-skip"),
    **_named(WRITERS_OF_1A, "series-back series-change"),
    **_named(OF_1A, "previews preview-page attachments attachment-file"),
    **_named(WRITERS_OF_1A, "attachment-add attachment-drop attachment-describe"),
    **_named(APPROVERS, "approvals approval approve return"),
    # Following
    **_named(OF_1A, "announcement announcement-progress announcement-people announcement-copies"),
    **_named(OF_1A, "announcement-copy announcement-act announcement-people-csv"),
    **_named(OF_1A, "announcement-copies-csv announcement-xlsx"),
    **_named(WRITERS_OF_1A, "announcement-pause announcement-resume announcement-cancel"),
    **_named(WRITERS_OF_1A, "announcement-resend announcement-decide announcement-told"),
    # Families
    **_named(STAFF, "people people-unreachable groups places"),
    **_named(OF_1A, "person group"),
    **_named(MANAGERS, "person-new person-edit person-export person-erase"),
    **_named(MANAGERS, "child-new child-part child child-remove children-merge"),
    **_named(MANAGERS, "address-new address address-consent address-remove address-act"),
    **_named(
        MANAGERS, "group-new group-edit group-graduate group-remove place-new place place-turn"
    ),
    **_named(MANAGERS, "people-import people-import-sample people-import-plan"),
    **_named(MANAGERS, "people-import-apply people-import-drop people-doubles people-merge"),
    # Channels and the log
    **_named(OVERSEERS, "health audit audit-verify audit-export"),
    **_named(MANAGERS, "channel-open channel-shut"),
    # The calendar
    **_named(STAFF, "days_off_now days_off"),
    **_named(MANAGERS, "days_off_reset"),
    **_named(EVERYBODY, "calendar_feed"),
    **_named(STAFF, "calendar calendar_year calendar_item calendar_item_look calendar_file"),
    **_named(STAFF, "calendar_subscribe calendar_unsubscribe"),
    **_named(APPROVERS, "occasion_skip occasion_back"),
    **_named(MANAGERS, "calendar_switch calendar_item_new calendar_item_edit calendar_item_try"),
    **_named(MANAGERS, "calendar_item_turn calendar_item_remove"),
    # Settings
    **_named(MANAGERS, "settings settings-school settings-quiet settings-files settings-sandbox"),
    **_named(MANAGERS, "settings-sample settings-channel settings-channel-check"),
    **_named(MANAGERS, "settings-channel-switch start-channels start-done"),
    **_named(MANAGERS, "staff staff-new staff-edit staff-link staff-close staff-reopen"),
    **_named(MANAGERS, "staff-second-factor staff-absence settings-approvals"),
    **_named(MANAGERS, "tokens token-revoke"),
    **_named(MANAGERS, "webhooks webhook-test webhook-stop webhook-start webhook-drop"),
    # Other programs
    **_named(EVERYBODY, "api:docs api:openapi-json api:api-root"),
    **_named(PROGRAMS, "api:create api:listing api:release api:pause api:resume api:cancel"),
    **_named(PROGRAMS, "api:attach api:read api:put api:people api:groups api/v1/^.+$"),
}
"""Who may open which address, by its name."""

MADE_UP = frozenset(
    {
        "acknowledge",
        "announcement-copy",
        "announcement-decide",
        "announcement-told",
        "api:api-root",
        "attachment-describe",
        "attachment-drop",
        "attachment-file",
        "calendar_feed",
        "people-import-apply",
        "people-import-drop",
        "people-import-plan",
        "people-import-sample",
        "settings-channel",
        "site",
        "site-file",
        "start",
        "start-administrator",
        "token-revoke",
    }
)
"""Addresses of things that this school has not: not found is as good as let in."""

SHUT = frozenset({401, 403, 404, 405})


@dataclass(frozen=True)
class World:
    """A small school: what stands in addresses, and everybody's browser."""

    draft: UUID
    released: UUID
    numbers: Mapping[str, int]
    words: Mapping[str, str]
    browsers: Mapping[str, Client] = field(repr=False)

    def path(self, address: Address) -> str:
        """The address with what this school has in its places."""
        values = {name: self._value(address, name) for name in address.takes}
        if address.name == address.route:  # it has no name
            return "/api/v1/nothing" if address.route.startswith("api/") else f"/{address.route}"
        return reverse(address.name, kwargs=values)

    def _value(self, address: Address, name: str) -> Any:
        if name in {"key", "announcement"}:
            sent = address.name.startswith(("announcement", "api:"))
            return self.released if sent else self.draft
        kind = address.name.partition("-")[0]
        if f"{kind} {name}" in self.numbers:
            return self.numbers[f"{kind} {name}"]
        if name == "number":
            return self.numbers.get(kind, self.numbers["person"])
        return self.words.get(name) or self.numbers.get(name, 1)


def told(of: Staff, **also: Any) -> UUID:
    """An announcement of this teacher for 1А."""
    made = school.announcement("1А", **also)
    Announcement.objects.filter(pk=made).update(written_by=of.user_id)
    return made


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all addresses: `asked` takes back what it has changed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield small_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(founded: World, own_settings: Write) -> World:
    """The small school, with a file of settings of each test's own."""
    return founded


def small_world() -> World:
    """One family, two groups, one announcement not yet sent and one sent, and the staff."""
    staff = {
        TEACHER: member(Role.TEACHER, "1А"),
        OTHER: member(Role.TEACHER, "2Б"),
        APPROVER: member(Role.APPROVER),
        AUDITOR: member(Role.AUDITOR),
        ADMINISTRATOR: member(Role.ADMINISTRATOR),
    }
    member(Role.ADMINISTRATOR)
    person, second = school.guardian(alpha="a"), school.guardian(alpha="b")
    draft, released = told(staff[TEACHER]), told(staff[TEACHER], released_at=NOON)
    daily = {"rule": "FREQ=DAILY", "time": time(16), "shift": "stay", "started_at": NOON}
    Series.objects.create(mould_id=draft, **daily)
    copy = school.copy(person.addresses.get(), released)
    pupils = [one.pupils.get().pk for one in (person, second)]
    asked = ApprovalRequest.objects.create(
        announcement_id=draft, version=0, asked_by=staff[TEACHER].user, asked_at=NOON
    )
    token = ApiToken.objects.create(name="Дневник", digest="0" * 64, made_at=NOON)
    hook = Webhook.objects.create(url="https://a.invalid/", secret="s", made_at=NOON)
    place = school.destination("alpha")
    approval = asked.pk
    return World(
        draft=draft,
        released=released,
        numbers={
            "announcement": copy.pk,
            "approval": approval,
            "approve": approval,
            "return": approval,
            "person": person.pk,
            "guardian": person.pk,
            "first": person.pk,
            "second": second.pk,
            "pupil": pupils[0],
            "address": person.addresses.get().pk,
            "address number": person.pk,
            "children first": pupils[0],
            "children second": pupils[1],
            "group": school.group("1А").pk,
            "place": place.pk,
            "staff": member().pk,
            "token": token.pk,
            "webhook": hook.pk,
            "year": datetime.now(UTC).year,
        },
        words={
            "channel": "site",
            "code": "no-such-code",
            "day": "2090-02-21",
            "item": "icicles",
            "form": "csv",
            "kind": "people",
            "name": "site",
            "path": "index.html",
            "token": unsubscribe_token(*person.addresses.values_list("pk", "value").get()),
            "uidb64": "MQ",
            "what": "close",
        },
        browsers={STRANGER: Client(), **{who: browser(one) for who, one in staff.items()}},
    )


def asked(client: Client, path: str, method: str) -> int:
    """The status of an answer, with nothing changed; 401 stands for the form for signing in."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = client.get(path) if method == "GET" else client.post(path)
        for close in answer._resource_closers:  # an answer's own close() closes the database too
            close()
        transaction.set_rollback(True)
    client.cookies = cookies
    place = answer.headers.get("Location", "")
    return 401 if place.startswith("/account/login?") else answer.status_code


ADDRESSES = sorted({address.route: address for address in every_address()}.items())


def test_every_address_is_in_the_table() -> None:
    assert {address.name for _, address in ADDRESSES} - set(WHO) == set()


def test_the_table_has_no_address_that_is_gone() -> None:
    assert set(WHO) - {address.name for address in every_address()} == set()


def test_what_may_be_made_up_is_in_the_table() -> None:
    assert set(WHO) >= MADE_UP


@pytest.mark.parametrize("address", [one for _, one in ADDRESSES], ids=[r for r, _ in ADDRESSES])
def test_only_those_of_the_table_get_in(address: Address, world: World) -> None:
    path, who = world.path(address), WHO[address.name]
    seen = {
        person: [asked(client, path, method) for method in ("GET", "POST")]
        for person, client in world.browsers.items()
    }
    let_in = {person for person, statuses in seen.items() if set(statuses) - SHUT}
    if address.name in MADE_UP:
        let_in |= {one for one in who if 404 in seen[one] and not {401, 403} & set(seen[one])}
    assert let_in == who, seen


HERS = (
    *("second-factor", "password", "sign-out", "audit-verify"),
    *("calendar_subscribe", "calendar_unsubscribe"),
)
"""What an auditor may send: forms about her own account, and a walk along the log."""

NOT_HERS = [
    (route, one)
    for route, one in ADDRESSES
    if not one.name.startswith(HERS) and WHO.get(one.name) not in {EVERYBODY, PROGRAMS}
]


@pytest.mark.parametrize("address", [one for _, one in NOT_HERS], ids=[r for r, _ in NOT_HERS])
def test_an_auditor_changes_nothing(address: Address, world: World) -> None:
    assert asked(world.browsers[AUDITOR], world.path(address), "POST") in SHUT


def test_a_view_that_names_no_right_is_closed() -> None:
    closed = [
        address.name
        for _, address in ADDRESSES
        if getattr(address.view, "login_required", True) and not hasattr(address.view, "right")
    ]
    assert closed == []
