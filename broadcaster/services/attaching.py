"""The files an author names: those beside the announcement or below, as large as allowed."""

from __future__ import annotations

import mimetypes
from collections.abc import Collection
from pathlib import Path

from babel.numbers import format_decimal

from broadcaster.contract import Attachment
from broadcaster.domain.filenames import LONGEST_NAME, extension_of
from broadcaster.foreign_words import system_words
from broadcaster.i18n import LANGUAGE, _
from broadcaster.services.file_kinds import PICTURES, NotAttached, kind_of, refuse_extension
from broadcaster.services.outlets import Office


def attachment_of(office: Office, folder: Path, name: str) -> Attachment:
    """The file of this name in the announcement's folder; raises NotAttached.

    A path or a link that leads out of the folder is refused: an announcement from somebody else is
    not to send the files of whoever releases it.
    """
    path = _found(folder.resolve(), name)
    try:
        refuse_size(office, name, path.stat().st_size)
        return Attachment.of(path, _kind(path, Path(name).name), name=Path(name).name)
    except OSError as error:
        raise NotAttached(
            _("«{name}»: {why}.").format(name=name, why=system_words(error))
        ) from error


def _kind(path: Path, name: str) -> str:
    """The file's media type; whether a picture is one is seen when it is kept."""
    refuse_extension(name)
    if extension_of(name) in PICTURES:
        return mimetypes.guess_type(name)[0] or "application/octet-stream"
    with path.open("rb") as file:
        return kind_of(name, file)


def _found(folder: Path, name: str) -> Path:
    """The file itself; only its place is looked at, it is not opened."""
    if len(Path(name).name) > LONGEST_NAME:
        raise NotAttached(_("имя файла «{name}…» слишком длинное.").format(name=name[:40]))
    hint = _("Положите его рядом с объявлением.")
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise NotAttached(_("«{name}» лежит не в папке объявления.").format(name=name), hint)
        if path.exists() and not path.is_file():
            raise NotAttached(_("«{name}» — не файл.").format(name=name))
        if not path.exists():
            raise NotAttached(_("файла «{name}» нет.").format(name=name), hint)
    except (OSError, ValueError, RuntimeError) as error:  # no file can have such a name
        raise NotAttached(_("файла «{name}» нет.").format(name=name), hint) from error
    return path


def refuse_size(office: Office, name: str, size: int, *, channels: Collection[str] = ()) -> None:
    """Raise NotAttached for a file that is empty or larger than the school or a channel allows.

    `channels` are those the announcement is meant for; none means all that are switched on.
    """
    if not size:
        raise NotAttached(_("«{name}» пуст.").format(name=name))
    limits = [(office.largest_file, _("настройка files.largest"))] + [
        (outlet.traits.max_attachment, outlet.name)
        for outlet in office.outlets.values()
        if outlet.traits.max_attachment and (not channels or outlet.name in channels)
    ]
    limit, who = min(limits)
    if size > limit:
        raise NotAttached(
            _("«{name}» занимает {size}, а предел ({who}) — {limit}.").format(
                name=name, size=megabytes(size), who=who, limit=megabytes(limit)
            ),
            _("Уменьшите файл или дайте на него ссылку."),
        )


def megabytes(size: int) -> str:
    """A size in bytes in megabytes: «1,2 МБ»."""
    megabytes = format_decimal(size / 1_000_000, format="0.0", locale=LANGUAGE)
    return _("{size}\N{NO-BREAK SPACE}МБ").format(size=megabytes)
