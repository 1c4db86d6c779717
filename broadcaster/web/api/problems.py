"""Everything that goes wrong is told in one shape: RFC 9457, with a code of ours for machines."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from broadcaster.foreign_words import field_words
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.drafts import DraftShut
from broadcaster.services.file_kinds import NotAttached
from broadcaster.services.idempotency import OtherRequest, UnderWay
from broadcaster.services.release import AlreadyReleased, NotThisOne
from broadcaster.services.submitting import NotAPrograms, Refused

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
MOST_MISTAKES = 500
"""More are not told at once: an answer must not be larger than what was asked."""


class Spot(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(
        description="Path of the field, e.g. `body.title`; empty: the whole request."
    )
    detail: str
    hint: str = ""


class Refusal(BaseModel):
    """Why nothing was done (RFC 9457)."""

    type: str = Field(description="A name for this kind of problem, as a URI.")
    code: str = Field(description="The same name, short; it never changes.")
    title: str = Field(description="What is wrong, in Russian, for people.")
    status: int
    detail: str = ""
    errors: list[Spot] = []


class Problem(Exception):
    """The request is answered with a problem and nothing is changed."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        *,
        detail: str = "",
        errors: Sequence[Spot] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.refusal = Refusal(
            type=f"urn:broadcaster:problem:{code}",
            code=code,
            title=title,
            status=status,
            detail=detail,
            errors=list(errors[:MOST_MISTAKES]),
        )
        self.headers = headers or {}

    def response(self) -> HttpResponse:
        """The answer."""
        made = JsonResponse(
            self.refusal.model_dump(),
            status=self.status,
            content_type=MEDIA_TYPE,
            json_dumps_params={"ensure_ascii": False},
            headers=dict(self.headers),
        )
        made["Cache-Control"] = "no-store"
        return made


def unauthorized() -> Problem:
    """There is no token, or none that opens anything."""
    return Problem(
        401,
        "unauthorized",
        _("Нужен ключ: Authorization: Bearer bc_…"),
        detail=_("Ключ не передан, неизвестен, отозван или просрочен."),
        headers={"WWW-Authenticate": "Bearer"},
    )


def not_found() -> Problem:
    """There is nothing here, or nothing for this token."""
    return Problem(404, "not_found", _("Здесь ничего нет."))


def too_large() -> Problem:
    """More was sent than is read."""
    return Problem(413, "too_large", _("Запрос слишком большой."))


def tell_problems(api: NinjaAPI) -> None:
    """Answer every fault of a request, and of ours, in this shape."""

    def told(request: HttpRequest, fault: Any) -> HttpResponse:
        return _problem_of(request, fault).response()

    kinds: Iterable[type[Exception]] = (
        Exception,
        Problem,
        Http404,
        HttpError,
        AuthenticationError,
        ValidationError,
    )
    for kind in kinds:
        api.add_exception_handler(kind, told)


def _problem_of(request: HttpRequest, fault: Exception) -> Problem:
    if found := _of_the_request(fault) or _of_what_was_asked(fault):
        return found
    log.error("api.fault", exc_info=fault, extra={"method": request.method})
    return Problem(500, "fault", _("Что-то сломалось у нас; мы записали, что случилось."))


def _of_the_request(fault: Exception) -> Problem | None:  # noqa: PLR0911 - a table
    """What is wrong with a request before anybody looks at what it asks for."""
    match fault:
        case Problem():
            return fault
        case AuthenticationError():
            return unauthorized()
        case ValidationError():
            return _invalid(fault)
        case Http404():
            return not_found()
        case RequestDataTooBig():
            return too_large()
        case HttpError() | SuspiciousOperation():
            return _unreadable(fault)
        case OtherRequest():
            title = _("Этот Idempotency-Key уже был у другого запроса.")
            return Problem(422, "idempotency_key_reused", title)
        case UnderWay():
            title = _("Первый запрос с этим Idempotency-Key ещё выполняется.")
            return Problem(409, "idempotency_under_way", title, headers={"Retry-After": "1"})
    return None


def _of_what_was_asked(fault: Exception) -> Problem | None:  # noqa: PLR0911 - a table
    """Why what was asked for cannot be done."""
    match fault:
        case NotAPrograms():
            return not_found()
        case Refused():
            spots = [Spot(where=f"body.{one.where}", detail=one.text) for one in fault.mistakes]
            return Problem(422, "invalid", _("В запросе есть ошибки."), errors=spots)
        case AlreadyReleased() | NotThisOne():
            return Problem(409, "already_released", _("Объявление уже отправлено или отменено."))
        case DraftShut():
            return Problem(409, "not_a_draft", _("Объявление больше не черновик."))
        case NotAttached():
            spot = Spot(where="file.file", detail=fault.words, hint=fault.hint)
            return Problem(422, "file_refused", _("Файл не приложен."), errors=[spot])
        case RenderingMistake():
            title = _("Объявление нельзя показать на одном из каналов.")
            return Problem(422, "unrenderable", title, detail=str(fault))
    return None


def _unreadable(fault: Exception) -> Problem:
    """What ninja could not parse: it hides why, but for a body that is larger than we read."""
    seen: BaseException | None = fault
    while seen is not None:
        if isinstance(seen, RequestDataTooBig):
            return too_large()
        seen = seen.__cause__ or seen.__context__
    return Problem(400, "unreadable", _("Запрос не удаётся разобрать: нужен JSON в UTF-8."))


def _invalid(fault: ValidationError) -> Problem:
    spots = [Spot(where=_place(one["loc"]), detail=field_words(one)) for one in fault.errors]
    return Problem(422, "invalid", _("В запросе есть ошибки."), errors=spots)


def _place(loc: Sequence[object]) -> str:
    """`body.title`: ninja puts the name of our parameter behind `body`."""
    source, *rest = map(str, loc)
    return ".".join([source, *(rest[1:] if source == "body" else rest)])
