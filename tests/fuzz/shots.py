"""A request as it goes over the wire, and what must be true of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve
from hypothesis import strategies as st

from broadcaster.bootstrap import office
from tests.fuzz.forms import Form, forms_of
from tests.fuzz.hostile import FILE_NAMES, PIECES, SPELLS, VALUES
from tests.web.test_every_address import ADDRESSES, OTHER, PEOPLE, SHUT, STRANGER, WHO, World

PLAIN = "application/x-www-form-urlencoded"
BOUNDARY = "bOuNdArY"
SECRET = "Тайнов"
"""Part of every name and text of class 1А in the school that is fuzzed."""
BLIND = (STRANGER, OTHER)
"""Those who may see nothing of class 1А."""
REFUSED = SHUT | {HTTPStatus.BAD_REQUEST, HTTPStatus.MOVED_PERMANENTLY}
WRITES = re.compile(
    r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE
)
OWN_TABLES = frozenset({"django_session"})
"""What anybody's request may write to."""


@dataclass(frozen=True)
class Shot:
    """One request of one person; `path` is whole."""

    who: str
    method: str
    path: str
    query: str = ""
    body: bytes = field(default=b"", repr=True)
    kind: str = PLAIN
    headers: Mapping[str, str] = field(default_factory=dict)


class Gun:
    """Fires at a small school, in which nothing stays changed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._cookies = {who: client.cookies.output() for who, client in world.browsers.items()}

    def fire(self, shot: Shot) -> tuple[HttpResponseBase, bytes, set[str]]:
        """The answer, its body and the tables it was written to; raises what the view raises."""
        client = self._fresh(shot.who)
        written: set[str] = set()
        if (shown := office._office) is not None:
            shown.limits_storage.reset()
        with transaction.atomic(), _noting(written):
            try:
                answer: Any = client.generic(
                    shot.method,
                    shot.path + (f"?{shot.query}" if shot.query else ""),
                    shot.body,
                    content_type=shot.kind,
                    headers=dict(shot.headers),
                )
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                for close in answer._resource_closers:
                    close()
            finally:
                transaction.set_rollback(True)
        return answer, body, written

    def _fresh(self, who: str) -> Client:
        """Her browser with the cookies it had at first."""
        client = self.world.browsers[who]
        client.cookies.clear()
        client.cookies.load(self._cookies[who].replace("Set-Cookie:", ""))
        return client


@contextmanager
def _noting(written: set[str]) -> Iterator[None]:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITES.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def judge(shot: Shot, answer: HttpResponseBase, body: bytes, written: set[str]) -> None:
    """An answer is never a fault, and tells and changes nothing that is not this person's."""
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR or _is_unready(shot), body[:300]
    if shot.who in BLIND:
        assert SECRET not in body.decode("utf-8", "replace"), "shown to somebody else"
    if shot.who not in _who_may(shot.path):
        place = answer.headers.get("Location") or answer.headers.get("HX-Redirect", "")
        refused = place.startswith(("/account/login", "/account/second-factor"))
        assert refused or answer.status_code in REFUSED, answer.status_code
        assert written <= OWN_TABLES, written


def _who_may(path: str) -> frozenset[str]:
    try:
        found = resolve(path.partition("?")[0])
    except (Resolver404, ValueError):
        return frozenset(PEOPLE)  # nothing is there
    return WHO.get(found.view_name, frozenset(PEOPLE))


def _is_unready(shot: Shot) -> bool:
    return shot.path.startswith("/readyz")


# Shots


NAMES = (
    *("page", "q", "find", "group", "memo", "next", "only", "said", "shelf", "act", "back", "body"),
    *("form", "good_rows", "item", "name", "on", "seen", "version", "title", "words", "address"),
    *("day", "year", "kind", "channel", "state", "reason", "after", "before", "from", "to", "user"),
    *("action", "subject", "who", "since", "until", "cursor", "limit", "small", "then", "remark"),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("HX-Request", "HX-Current-URL", "HX-Trigger", "HX-Target", "If-None-Match", "Range"),
            *(
                "If-Modified-Since",
                "Accept-Language",
                "Referer",
                "X-Forwarded-For",
                "Host",
                "Origin",
            ),
            *("Authorization", "Accept", "Idempotency-Key", "X-Forwarded-Proto", "Accept-Encoding"),
        ]
    ),
    st.sampled_from(
        [
            *(
                "true",
                "*",
                "bytes=0-",
                "bytes=9-1",
                'W/"x"',
                "Bearer x",
                "Basic eDp5",
                "1.2.3.4",
                "::1",
            ),
            *(
                "http://[::1",
                "https://evil.invalid/",
                "0",
                "-1",
                "x" * 5000,
                "Thu, 01 Jan 1970",
                "zz",
            ),
            *(one for one in SPELLS if one.isascii() and one.isprintable()),
        ]
    ),
    max_size=2,
)
METHODS = st.sampled_from(
    [*["GET", "POST"] * 4, "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]
)
KINDS = st.sampled_from(
    [
        *[PLAIN] * 6,
        *(
            "application/json",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "text/plain",
        ),
        *(
            "",
            f"{PLAIN}; charset=utf-7",
            f"{PLAIN}; charset=nonsense",
            "multipart/form-data; boundary=a",
        ),
        f"multipart/form-data; boundary={BOUNDARY}; charset=utf-16",
    ]
)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=3).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
BODIES = st.one_of(
    PAIRS.map(str.encode),
    st.sampled_from(
        [
            *(
                b"{",
                b"[" * 20_000,
                b"null",
                b'{"a":1e999}',
                b'{"a":"\\ud800"}',
                b"--a\r\n",
                b"\0",
                b"\xff",
            ),
            *(b'{"title":1}', b'{"groups":["\\u0000"]}', b"--a--", b"a=1" + b"&a=1" * 2000),
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\r\n\r\n--{BOUNDARY}--".encode(),
        ]
    ),
)


def paths(world: World) -> st.SearchStrategy[str]:
    """An address of the school, as it is or with one part of it replaced."""

    def changed(path: str, place: int, piece: str) -> str:
        parts = path.split("/")
        parts[1 + place % max(len(parts) - 1, 1)] = piece
        return "/".join(parts)

    known = st.sampled_from([world.path(address) for _route, address in ADDRESSES])
    return st.one_of(known, known, st.builds(changed, known, st.integers(0, 9), PIECES))


def at_any_address(world: World) -> st.SearchStrategy[Shot]:
    """Anybody's request for anything."""
    return st.builds(
        Shot,
        who=st.sampled_from(PEOPLE),
        method=METHODS,
        path=paths(world),
        query=PAIRS,
        body=BODIES,
        kind=KINDS,
        headers=HEADERS,
    )


def with_a_form(forms: Sequence[tuple[str, Form]]) -> st.SearchStrategy[Shot]:
    """A form of a page, sent with up to three of its values replaced, sometimes by another."""

    def shot(
        of: tuple[str, Form], changes: list[tuple[int, str]], who: str, file: tuple[str, bytes]
    ) -> Shot:
        shown_to, form = of
        fields = [[name, quoted] for name, quoted in form.quoted]
        for place, value in changes:
            if fields:
                fields[place % len(fields)][1] = value
        return _sent(form, fields, who or shown_to, file)

    return st.builds(
        shot,
        st.sampled_from(forms),
        st.lists(st.tuples(st.integers(0, 40), VALUES), max_size=3),
        st.sampled_from(["", "", "", *PEOPLE]),
        st.tuples(FILE_NAMES, st.binary(max_size=60)),
    )


def _sent(form: Form, fields: list[list[str]], who: str, file: tuple[str, bytes]) -> Shot:
    pairs = "&".join(f"{name}={value}" for name, value in fields)
    if form.method == "GET":
        return Shot(who, "GET", form.action.partition("?")[0], query=pairs)
    if form.files:
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return Shot(who, "POST", form.action, body=form.with_file(fields, file), kind=kind)
    return Shot(who, "POST", form.action, body=pairs.encode())


def forms_in(gun: Gun, people: Sequence[str]) -> list[tuple[str, Form]]:
    """Every form that these people are shown, once."""
    found: dict[Any, tuple[str, Form]] = {}
    for who in people:
        for _route, address in ADDRESSES:
            path = gun.world.path(address)
            answer, body, _written = gun.fire(Shot(who, "GET", path))
            if answer.status_code == HTTPStatus.OK and "html" in answer.headers["Content-Type"]:
                for form in forms_of(path, body.decode()):
                    found.setdefault((who, form.action, tuple(form.names)), (who, form))
    return list(found.values())
