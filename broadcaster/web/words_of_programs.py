"""What people read about other programs: scopes, events, answers."""

from __future__ import annotations

from collections.abc import Mapping

from broadcaster.domain.calls import Event, Unsafe
from broadcaster.domain.scopes import Scope
from broadcaster.i18n import _
from broadcaster.services import calls

SCOPES: Mapping[Scope, str] = {
    Scope.WRITE: _("создавать объявления, приостанавливать и отменять свои"),
    Scope.RELEASE: _("отправлять объявления семьям без согласования"),
    Scope.REPORTS: _("читать объявления и отчёты без имён"),
    Scope.WRITE_PEOPLE: _("пополнять список семей"),
    Scope.READ_PEOPLE: _("видеть имена: в списке семей и в отчётах"),
}

EVENTS: Mapping[Event, str] = {
    Event.FINISHED: _("отправка закончилась"),
    Event.FAILED: _("кого-то не оповестили или не удалось отправить"),
}

UNSAFE: Mapping[Unsafe, str] = {
    Unsafe.NOT_WEB: _("Нужен адрес вида https://дневник.пример/… латиницей, до 500 знаков."),
    Unsafe.NOT_HTTPS: _("Нужен адрес, который начинается с https://"),
    Unsafe.PRIVATE: _(
        "Это адрес внутри сети. Разрешить такие можно в настройках: webhooks.allow_private."
    ),
    Unsafe.CREDENTIALS: _("Уберите из адреса имя и пароль: подлинность подтверждает подпись."),
}

ANSWERS: Mapping[str, str] = {
    calls.PRIVATE: _("адрес ведёт внутрь сети: это запрещено настройкой webhooks.allow_private"),
    calls.TIMEOUT: _("не ответила вовремя"),
    calls.CERTIFICATE: _("её сертификату нельзя верить"),
    calls.CONNECTION: _("нет связи"),
    Unsafe.NOT_WEB: _("адрес не годится"),
    Unsafe.NOT_HTTPS: _("адрес без https"),
    Unsafe.CREDENTIALS: _("в адресе пароль"),
    "": _("ещё не сообщали"),
}


def scope_word(name: str) -> str:
    """What a scope opens."""
    return SCOPES[Scope(name)] if name in set(Scope) else name


def event_word(name: str) -> str:
    """What an event is."""
    return EVENTS[Event(name)] if name in set(Event) else _("проверка")


def answer_word(answer: str) -> str:
    """What came of a call."""
    if answer.isdecimal():
        return _("ответ {code}").format(code=answer)
    return ANSWERS.get(answer, answer)
