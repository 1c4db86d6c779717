"""Pages that say why there is no page, and what to do instead."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from broadcaster.i18n import _


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


def _refusal(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    about = {"title": title, "words": words}
    return render(request, "refusal.html.j2", about, status=status)
