"""The log of the audit in the school's words: who did what to whom, and what else is told."""

from __future__ import annotations

from collections.abc import Mapping

from broadcaster.calendar_words import SKIPPED
from broadcaster.domain.actions import Action
from broadcaster.domain.chain import Breach
from broadcaster.i18n import _
from broadcaster.words import APPROVALS, ROLES

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
    "after": _("стало"),
    "approval": _("согласование"),
    "at": _("время"),
    "away_from": _("отсутствует с"),
    "away_until": _("отсутствует по"),
    "before": _("было"),
    "by_link": _("по ссылке"),
    "change": _("что"),
    "channel": _("канал"),
    "channels": _("каналы"),
    "copies": _("копий"),
    "count": _("копий"),
    "day": _("день"),
    "deliveries": _("отправок"),
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
    "item": _("запись календаря"),
    "keys": _("ключи"),
    "missed": _("даты, пропущенные после копии"),
    "name": _("имя"),
    "new": _("новых"),
    "ok": _("в порядке"),
    "paper_codes": _("резервных кодов"),
    "pupil": _("ребёнок"),
    "pupils": _("дети"),
    "removed": _("свой файл убран"),
    "role": _("роль"),
    "rows": _("строк"),
    "rule": _("правило"),
    "scopes": _("права"),
    "second_factor": _("второй шаг"),
    "secrets": _("с ключами"),
    "series": _("повторяющиеся объявления"),
    "size": _("размер"),
    "skipped": _("не ушло копий"),
    "stopped": _("остановлено объявлений"),
    "table": _("таблица"),
    "taken_at": _("копия от"),
    "token": _("ключ программы"),
    "version": _("версия"),
    "what": _("что"),
    "why": _("почему"),
}
"""What facts of the log are called; others are shown as they are."""

CHANGES: Mapping[str, str] = {
    "added": _("добавлено"),
    "address_added": _("адрес добавлен"),
    "address_changed": _("адрес исправлен"),
    "address_closed": _("адрес закрыт"),
    "address_opened": _("адрес открыт"),
    "address_removed": _("адрес удалён"),
    "changed": _("исправлено"),
    "child_added": _("записан ребёнок"),
    "child_parted": _("ребёнок отделён"),
    "closed": _("закрыто"),
    "consent_given": _("согласие дано"),
    "consent_withdrawn": _("согласие отозвано"),
    "erased": _("выпуск: стёрты"),
    "graduated": _("выпуск: выведены из групп"),
    "open": _("открыто"),
    "preference": _("порядок адресов"),
    "removed": _("удалено"),
    "renamed": _("переименовано"),
    "started": _("включено"),
    "stopped": _("остановлено"),
}
"""What was changed of a person, a group, a place or a webhook."""

FACT_VALUES: Mapping[str, Mapping[str, str]] = {
    "role": ROLES,
    "approval": APPROVALS,
    "what": CHANGES,
    "change": CHANGES,
    "why": {str(why): words for why, words in SKIPPED.items()},
}


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
