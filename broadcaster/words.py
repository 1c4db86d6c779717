"""The school's words for states and reasons."""

from __future__ import annotations

from collections.abc import Mapping

from broadcaster.contract import Reason
from broadcaster.domain.actions import Action
from broadcaster.domain.chain import Breach
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

ACTIONS: Mapping[str, str] = {
    Action.SIGNED_IN: _("вход"),
    Action.SIGN_IN_REFUSED: _("отказ во входе"),
    Action.SIGNED_OUT: _("выход"),
    Action.SIGNED_OUT_EVERYWHERE: _("выход на всех устройствах"),
    Action.PASSWORD_CHANGED: _("новый пароль"),
    Action.SECOND_FACTOR_ON: _("вход с кодом включён"),
    Action.SECOND_FACTOR_OFF: _("вход с кодом выключен"),
    Action.STAFF_INVITED: _("сотрудник приглашён"),
    Action.STAFF_CHANGED: _("права сотрудника изменены"),
    Action.STAFF_CLOSED: _("учётная запись закрыта"),
    Action.STAFF_REOPENED: _("учётная запись снова открыта"),
    Action.STAFF_LINKED: _("выдана ссылка для входа"),
    Action.ABSENCE_CHANGED: _("отсутствие изменено"),
    Action.SETTINGS_CHANGED: _("настройки изменены"),
    Action.CHANNEL_CHECKED: _("канал проверен"),
    Action.CHANNEL_REOPENED: _("канал снова открыт"),
    Action.DRAFT_MADE: _("черновик создан"),
    Action.DRAFT_DROPPED: _("черновик удалён"),
    Action.APPROVAL_ASKED: _("отправлено на согласование"),
    Action.APPROVAL_WITHDRAWN: _("отозвано с согласования"),
    Action.APPROVED: _("согласовано"),
    Action.RETURNED: _("возвращено на доработку"),
    Action.RELEASED: _("объявление отправлено"),
    Action.SCHEDULED: _("отправка назначена"),
    Action.UNSCHEDULED: _("назначенная отправка снята"),
    Action.PAUSED: _("отправка остановлена"),
    Action.RESUMED: _("отправка продолжена"),
    Action.CANCELLED: _("отправка отменена"),
    Action.RESENT: _("отправлено повторно"),
    Action.COPY_DECIDED: _("судьба копии решена"),
    Action.TOLD_IN_PERSON: _("сообщено лично"),
    Action.TOLD_TAKEN_BACK: _("отметка «сообщено лично» снята"),
    Action.REPORT_EXPORTED: _("отчёт выгружен"),
    Action.PEOPLE_IMPORTED: _("список загружен"),
    Action.PERSON_CHANGED: _("сведения о человеке изменены"),
    Action.PEOPLE_MERGED: _("записи о человеке объединены"),
    Action.PERSON_EXPORTED: _("сведения о человеке выгружены"),
    Action.PERSON_ERASED: _("сведения о человеке стёрты"),
    Action.GROUP_CHANGED: _("группа изменена"),
    Action.TOKEN_MADE: _("ключ для программы выдан"),
    Action.TOKEN_REVOKED: _("ключ для программы отозван"),
    Action.WEBHOOK_CHANGED: _("оповещение программ изменено"),
    Action.SERIES_STARTED: _("объявление стало повторяться"),
    Action.SERIES_CHANGED: _("повторяющееся объявление изменено"),
    Action.SERIES_STOPPED: _("повторение объявления остановлено"),
    Action.CALENDAR_CHANGED: _("календарь изменён"),
    Action.CALENDAR_RUN: _("календарь запущен вручную"),
    Action.OCCASION_DRAFTED: _("подготовлено по календарю"),
    Action.OCCASION_MOVED: _("дата в календаре сдвинута"),
    Action.OCCASION_SKIPPED: _("по календарю не отправлено"),
    Action.OCCASION_PUT_BACK: _("дата возвращена в календарь"),
    Action.BACKED_UP: _("резервная копия сделана"),
    Action.RESTORED: _("восстановлено из резервной копии"),
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

BREACHES: Mapping[str, str] = {
    Breach.CHANGED: _("запись изменена: она говорит не то, что говорила, когда появилась"),
    Breach.REMOVED: _("перед этой записью одна или несколько удалены или подменены"),
    Breach.INSERTED: _("запись вставлена задним числом"),
}

SUBJECTS: Mapping[str, str] = {
    "announcement": _("объявление"),
    "guardian": _("родитель"),
    "pupil": _("ребёнок"),
    "group": _("группа"),
    "address": _("адрес"),
    "destination": _("площадка"),
    "delivery": _("копия"),
    "channel": _("канал"),
    "staff": _("сотрудник"),
    "token": _("ключ программы"),
    "webhook": _("оповещение программ"),
    "calendar": _("календарь"),
    "occasion": _("дата календаря"),
    "calendar_feed": _("подписка на календарь"),
    "settings": _("настройки"),
    "audit": _("журнал"),
    "backup": _("резервная копия"),
    "": "",
}

FACTS: Mapping[str, str] = {
    "added": _("добавлено"),
    "addresses": _("адреса"),
    "approval": _("согласование"),
    "away_from": _("отсутствует с"),
    "away_until": _("отсутствует по"),
    "by_link": _("по ссылке"),
    "channel": _("канал"),
    "channels": _("каналы"),
    "copies": _("копий"),
    "deputy": _("замещает"),
    "destinations": _("площадки"),
    "first": _("первый"),
    "form": _("вид"),
    "format": _("вид"),
    "gone": _("вместо номера"),
    "groups": _("группы"),
    "guardian": _("родитель"),
    "guardians": _("родители"),
    "in_place_of": _("вместо"),
    "keys": _("ключи"),
    "missed": _("даты, пропущенные после копии"),
    "name": _("имя"),
    "new": _("новых"),
    "ok": _("в порядке"),
    "paper_codes": _("резервных кодов"),
    "pupils": _("дети"),
    "removed": _("свой файл убран"),
    "rows": _("строк"),
    "role": _("роль"),
    "scopes": _("права"),
    "secrets": _("с ключами"),
    "second_factor": _("второй шаг"),
    "series": _("повторяющиеся объявления"),
    "size": _("размер"),
    "stopped": _("остановлено объявлений"),
    "table": _("таблица"),
    "taken_at": _("копия от"),
    "version": _("версия"),
    "what": _("что"),
}
"""What facts of the log are called; others are shown as they are."""

FACT_VALUES: Mapping[str, Mapping[str, str]] = {"role": ROLES, "approval": APPROVALS}


ACTORS: Mapping[str, str] = {
    "command line": _("командная строка"),
    "broadcaster": _("сама программа"),
    "first start": _("первый запуск"),
    "stranger": _("неизвестно кто"),
}


def fact_words(facts: Mapping[str, object]) -> list[str]:
    """What an entry of the log tells beside who, what and when, a line for each fact."""
    return [f"{FACTS.get(name, name)}: {_fact(name, value)}" for name, value in facts.items()]


def _fact(name: str, value: object) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return _("да") if value else _("нет")
        case list():
            return ", ".join(_fact(name, one) for one in value) or "—"
        case dict():
            pairs = value.items()
            return ", ".join(f"{FACTS.get(key, key)} {_fact(name, one)}" for key, one in pairs)
        case _:
            return FACT_VALUES.get(name, {}).get(str(value), str(value))


def actor_word(name: str) -> str:
    """Who acted, as people call them; members of staff by their names."""
    return ACTORS.get(name, name)


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
