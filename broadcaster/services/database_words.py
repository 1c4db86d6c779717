"""Why the database cannot be used and what to do: a server and a file fail in ways of their own."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from broadcaster.i18n import _

OF_A_FILE: Mapping[str, tuple[str, str]] = {
    "locked": (
        _("файл занят другой программой"),
        _("Подождите минуту и повторите; если не пройдёт, посмотрите, кто держит файл открытым."),
    ),
    "disk is full": (_("на диске нет места"), _("Освободите место и повторите.")),
    "readonly": (
        _("файл открыт только для чтения"),
        _("Дайте программе право писать в него и в его папку."),
    ),
    "not a database": (
        _("это не база данных"),
        _("Верните файл из резервной копии: broadcaster restore ФАЙЛ"),
    ),
    "malformed": (
        _("файл повреждён"),
        _("Верните его из резервной копии: broadcaster restore ФАЙЛ"),
    ),
    "unable to open": (
        _("файл не открывается"),
        _("Проверьте, есть ли его папка и чья она; где она, говорит BROADCASTER_HOME."),
    ),
    "disk I/O": (_("диск не отвечает"), _("Проверьте диск и место на нём.")),
}
"""By what SQLite says: what is wrong and what to do."""


def database_trouble(error: Exception) -> tuple[str, str]:
    """What a database says, in one phrase without its full stop, and what to do about it."""
    said = " ".join(str(error).split()).rstrip(".")
    if connection.vendor != "sqlite":
        return said, _("Проверьте DATABASE_URL и сам сервер базы данных.")
    rest = said, _("Проверьте файл, его папку и место на диске.")
    why, remedy = next((told for mark, told in OF_A_FILE.items() if mark in said), rest)
    return f"{connection.settings_dict['NAME']}: {why}", remedy
