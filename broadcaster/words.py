"""The school's words for states and reasons."""

from __future__ import annotations

from collections.abc import Mapping

from broadcaster.contract import Reason
from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.reasons import End, Hold, Skip, Why
from broadcaster.domain.staffing import Objection
from broadcaster.domain.states import State
from broadcaster.i18n import _

STATES: Mapping[str, str] = {
    State.QUEUED: _("в очереди"),
    State.HELD: _("ждёт"),
    State.SENDING: _("отправляется"),
    State.DEFERRED: _("отложено"),
    State.SENT: _("отправлено"),
    State.DELIVERED: _("доставлено"),
    State.READ: _("прочитано"),
    State.FAILED: _("не отправлено"),
    State.UNCONFIRMED: _("неизвестно, дошло ли"),
    State.SKIPPED: _("не отправлялось"),
    State.EXPIRED: _("устарело"),
    State.CANCELLED: _("отменено"),
}

REASONS: Mapping[str, str] = {
    "": "",
    Skip.NO_ADDRESS: _("нет ни одного адреса"),
    Skip.CHANNEL_OFF: _("канал выключен"),
    Skip.NO_CONSENT: _("нет согласия"),
    Skip.DATA_CLASS: _("каналу нельзя доверить такие сведения"),
    Skip.ADDRESS_CLOSED: _("адрес закрыт"),
    Skip.DUPLICATE: _("на этот адрес копия уже уходит"),
    Skip.CHANNEL_AWAY: _("канал долго не работал, копия ушла по следующему"),
    Hold.QUIET_HOURS: _("тихие часы"),
    Hold.PAUSED: _("остановлено автором"),
    End.TRIES_SPENT: _("попытки исчерпаны"),
    End.LEASE_LOST: _("программа прервалась во время отправки"),
    End.TOO_LATE: _("срок объявления прошёл"),
    End.WITHDRAWN: _("отменено автором"),
    End.BY_HAND: _("решил сотрудник"),
    End.RESTORED: _("отправлялось, когда делали резервную копию, а потом её восстановили"),
    Reason.RATE_LIMITED: _("платформа просит подождать"),
    Reason.QUOTA: _("исчерпана квота платформы"),
    Reason.SERVER_ERROR: _("ошибка на стороне платформы"),
    Reason.CONNECTION: _("нет связи с платформой"),
    Reason.GREYLISTED: _("почтовый сервер просит повторить позже"),
    Reason.MAILBOX_FULL: _("ящик переполнен"),
    Reason.CREDENTIALS: _("платформа не принимает ключ"),
    Reason.NEEDS_PERSON: _("платформа требует вмешательства человека"),
    Reason.CONTENT: _("платформа не приняла текст"),
    Reason.TOO_LARGE: _("слишком большое сообщение"),
    Reason.POLICY: _("отказ по правилам платформы"),
    Reason.BLOCKED: _("родитель заблокировал нас"),
    Reason.NO_PERMISSION: _("родитель не разрешил сообщения"),
    Reason.DEACTIVATED: _("учётная запись удалена"),
    Reason.NOT_FOUND: _("адрес не существует"),
    Reason.DESTINATION_LOST: _("нет доступа к площадке"),
    Reason.HELD_BACK: _("канал придержан"),
}

OUTCOMES: Mapping[str, str] = {
    "accepted": _("принято"),
    "deferred": _("отложено"),
    "rejected": _("отказ"),
    "unreachable": _("адрес недоступен"),
    "unconfirmed": _("ответ потерян"),
}

WHY: Mapping[str, str] = {
    Why.PREFERRED: _("предпочитаемый канал родителя"),
    Why.EVERY_CHANNEL: _("важное дублируется по всем каналам родителя"),
    Why.FALLBACK: _("запасной канал: первый не сработал"),
    Why.GROUP_PLACE: _("площадка группы"),
    Why.SCHOOL_PLACE: _("площадка школы"),
}

ROLES: Mapping[str, str] = {
    Role.TEACHER: _("педагог"),
    Role.APPROVER: _("завуч, методист"),
    Role.ADMINISTRATOR: _("администратор"),
    Role.AUDITOR: _("проверяющий"),
}

APPROVALS: Mapping[str, str] = {
    Approval.NEVER: _("никакие"),
    Approval.URGENT: _("только срочные"),
    Approval.ALWAYS: _("все"),
}

OBJECTIONS: Mapping[str, str] = {
    Objection.OWN_ROLE: _("Свою роль не меняют: попросите другого администратора."),
    Objection.OWN_ACCOUNT: _("Свою учётную запись не закрывают: попросите другого администратора."),
    Objection.LAST_ADMINISTRATOR: _(
        "Это единственный администратор. Сначала сделайте администратором кого-нибудь ещё."
    ),
}

CHANNELS: Mapping[str, str] = {
    "telegram": "Telegram",
    "vk": _("ВКонтакте"),
    "email": _("эл. почта"),
    "site": _("сайт"),
    "": "—",
}


def channel_word(name: str) -> str:
    """A channel as people call it."""
    return CHANNELS.get(name, name)


def whom(personal: bool) -> str:  # noqa: FBT001 - one column of a table
    """Whom copies are for."""
    return _("родителям") if personal else _("площадкам")


def graduation_words(children: int, parents: int, *, forgotten: bool) -> str:
    """What has become of a class that has left."""
    if forgotten:
        words = _("Стёрто детей: {children}, родителей: {parents}. Группа осталась пустой.")
    else:
        words = _("Детей выведено из групп: {children}. Группа осталась пустой.")
    return words.format(children=children, parents=parents)
