"""Pages that say why there is no page, and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from broadcaster.i18n import _, counted
from broadcaster.web.addresses import client_address

MINUTE = 60


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request could not be understood."""
    del exception
    words = _("Браузер прислал то, чего страница не ждала. Вернитесь назад и попробуйте ещё раз.")
    return _refusal(request, 400, _("Запрос не понят"), words)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may not see this."""
    del exception
    words = _("У вашей учётной записи нет такого права. Его даёт администратор школы.")
    return _refusal(request, 403, _("Сюда вам нельзя"), words)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not this browser's own: the page is old, or somebody else made it."""
    del reason
    words = _(
        "Похоже, в другой вкладке вы вошли или вышли, или в браузере запрещены cookie. Вернитесь "
        "назад, обновите страницу и отправьте ещё раз."
    )
    return _refusal(request, 403, _("Страница устарела"), words)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing here, or nothing for this person."""
    del exception
    words = _("Возможно, в адресе опечатка или страница удалена.")
    return _refusal(request, 404, _("Такой страницы нет"), words)


@login_not_required
def fault(request: HttpRequest) -> HttpResponse:
    """Something of ours broke; nothing is asked of the database here."""
    words = _(
        "Мы записали, что случилось. Попробуйте ещё раз; если повторится — скажите об этом "
        "администратору."
    )
    return _refusal(request, 500, _("Что-то сломалось у нас"), words)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """Somebody, or somebody at the same address, asks too often; `wait` is in seconds."""
    words = _(
        "С вашего адреса в сети приходит слишком много запросов. Подождите {time} и обновите "
        "страницу: ничего не потеряно."
    )
    response = render(
        request,
        "too_many.html.j2",
        {"title": _("Слишком часто"), "words": words.format(time=duration(wait))},
        status=429,
    )
    response["Retry-After"] = str(wait)
    return response


def locked(
    request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Too many wrong passwords: nobody signs in with this login from this address for a while."""
    wait = until_unlocked(request, credentials or {})
    about = {"time": duration(wait), "tries": settings.AXES_FAILURE_LIMIT}
    response = render(request, "account/locked.html.j2", about, status=429)
    response["Retry-After"] = str(wait)
    response["Cache-Control"] = "no-store"
    return response


def until_unlocked(request: HttpRequest, credentials: Mapping[str, Any]) -> int:
    """Seconds until the next try counts, rounded up to whole minutes."""
    tries = AccessAttempt.objects.filter(
        username=credentials.get("username", ""), ip_address=client_address(request)
    )
    last = tries.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    left = last + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(60, -(-int(left.total_seconds()) // 60) * 60)


def duration(seconds: int) -> str:
    """«1 минуту», «15 минут», «10 секунд»: so long one has to wait."""
    if seconds < MINUTE:
        noun = counted(_("секунду"), _("секунды"), _("секунд"), seconds)
        return f"{seconds}\N{NO-BREAK SPACE}{noun}"
    minutes = -(-seconds // MINUTE)
    noun = counted(_("минуту"), _("минуты"), _("минут"), minutes)
    return f"{minutes}\N{NO-BREAK SPACE}{noun}"


def _refusal(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    about = {"title": title, "words": words}
    return render(request, "refusal.html.j2", about, status=status)
