"""A change that is asked for twice is made once: the header Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from pydantic import BaseModel

from broadcaster.i18n import _
from broadcaster.services.idempotency import Answer, once
from broadcaster.web.api.door import ApiRequest
from broadcaster.web.api.problems import Problem, Spot

LONGEST_KEY = 128
CHANGES = frozenset({"POST", "PUT"})

PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": (
        "Up to 128 characters of ASCII without spaces, new for every change. Without it a repeated "
        "request may write to families twice. The same request with the same key is done once: the "
        "first answer is given again with `Idempotency-Replayed: true`, for 36 hours. What was "
        "refused changed nothing and may be sent again with the same key."
    ),
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "pattern": "^[!-~]+$",
        "example": "2026-11-21-excursion",
    },
}


@dataclass(frozen=True, slots=True)
class Done:
    """What a change is answered."""

    status: int
    body: BaseModel


def repeatable(view: Callable[..., Any]) -> Callable[..., Any]:
    """Do every change in one transaction, and once for one key; a view of a change returns Done."""
    if getattr(view, "repeats_itself", False):
        return view

    @wraps(view)
    def wrapped(request: ApiRequest, *args: Any, **values: Any) -> Any:
        if request.method not in CHANGES:
            return view(request, *args, **values)

        return do_once(request, lambda: view(request, *args, **values))

    return wrapped


def repeats_itself(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that does slow things before its transaction and calls `do_once` by itself."""
    view.repeats_itself = True  # type: ignore[attr-defined]
    return view


def do_once(request: ApiRequest, change: Callable[[], Done]) -> HttpResponse:
    """Answer a change: done in one transaction, or before."""

    def work() -> tuple[int, Mapping[str, Any]]:
        done = change()
        return done.status, done.body.model_dump(mode="json")

    return _answered(_done(request, work))


def _done(request: ApiRequest, work: Callable[[], tuple[int, Mapping[str, Any]]]) -> Answer:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with transaction.atomic():
            return Answer(*work())
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= sign <= "~" for sign in key):
        spot = Spot(
            where="header.Idempotency-Key",
            detail=_("Нужно до 128 латинских знаков без пробелов."),
        )
        raise Problem(422, "invalid", _("В запросе есть ошибки."), errors=[spot])
    now = datetime.now(UTC)
    return once(request.auth, key, _fingerprint(request), work, now=now)


def _answered(answer: Answer) -> HttpResponse:
    response = JsonResponse(
        answer.body, status=answer.status, json_dumps_params={"ensure_ascii": False}
    )
    if answer.replayed:
        response["Idempotency-Replayed"] = "true"
    return response


def _fingerprint(request: ApiRequest) -> str:
    """What a request says, as a digest."""
    said = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in _parts(request):
        said.update(sha256(part).digest())
    return said.hexdigest()


def _parts(request: ApiRequest) -> Iterator[bytes]:
    """The body; of a form the fields and files, since its boundary differs each time."""
    try:
        yield request.body
    except RawPostDataException:
        for name, value in sorted(request.POST.items()):
            yield f"{name}={value}".encode()
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                yield f"{name}={file.name}".encode()
                yield b"".join(file.chunks())
                file.seek(0)
