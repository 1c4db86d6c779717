"""One archive: written beside its place and renamed; read as if a stranger had made it.

Nothing is unpacked where the program could find it: members go into a folder of ours, each checked
by its kind, its name, its size and its digest before anything else is done with it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.services.backup.manifest import (
    DATABASES,
    NAME,
    Manifest,
    Member,
    read_manifest,
)
from broadcaster.services.backup.places import is_ours
from broadcaster.services.backup.trouble import Refused, Unwritable

BLOCK = 1 << 20
LARGEST_MANIFEST = 64 << 20
"""Bytes: more than a million attachments do not fill it."""
HEADROOM = 4096
"""Bytes of a tar archive beside a member's own."""

Progress = Callable[[str, int, int], None]
"""What is done, how much of it, of how much."""


def write(target: Path, manifest: Manifest, files: Mapping[str, Path], progress: Progress) -> None:
    """Write an archive that only we can read; it is there whole or not at all."""
    total = sum(member.size for member in manifest.members.values())
    done = 0
    with _draft(target) as draft, tarfile.open(fileobj=draft, mode="w:gz", compresslevel=6) as tar:
        _add(tar, NAME, io.BytesIO(raw := manifest.written()), len(raw), manifest)
        for name, member in manifest.members.items():
            with files[name].open("rb") as stream:
                _add(tar, name, stream, member.size, manifest)
            done += member.size
            progress(_("Записываю архив"), done, total)


def _add(tar: tarfile.TarFile, name: str, stream: BinaryIO, size: int, of: Manifest) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode, about.mtime = size, 0o600, int(of.made_at.timestamp())
    tar.addfile(about, stream)


@contextmanager
def _draft(target: Path) -> Iterator[BinaryIO]:
    """A file beside the target that takes its place when the block ends well."""
    try:
        handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as draft:
                yield draft
                draft.flush()
                os.fsync(draft.fileno())
            Path(name).replace(target)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        words = _("{file}: не удалось записать: {why}. Копии нет.")
        raise Unwritable(
            words.format(file=error.filename or target, why=system_words(error))
        ) from error


def unpack(archive: Path, into: Path, progress: Progress) -> Manifest:
    """Take everything out into an empty folder of ours; raises Refused, whatever is wrong."""
    try:
        with gzip.open(archive) as stream:
            return _taken_out(_Bounded(stream, LARGEST_MANIFEST + 2 * HEADROOM), into, progress)
    except FileNotFoundError as error:
        raise Refused(_("Файла {file} нет.").format(file=archive)) from error
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
        words = _("{file}: архив повреждён или это не копия программы: {why}. Ничего не изменено.")
        why = _why_not(error)
        raise Refused(words.format(file=archive, why=why.rstrip("."))) from error


def _why_not(error: Exception) -> str:
    match error:
        case OSError(errno=int()):
            return system_words(error)
        case _:
            return str(error) or type(error).__name__


def _taken_out(stream: _Bounded, into: Path, progress: Progress) -> Manifest:
    with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8") as tar:
        manifest = _manifest(tar)
        _refuse_wrong_names(manifest)
        total = _refuse_too_large(manifest, into)
        stream.allow(total + HEADROOM * (len(manifest.members) + 8))
        done, left = 0, dict(manifest.members)
        while about := tar.next():
            expected = left.pop(about.name, None)
            if expected is None:
                raise Refused(_strange(about.name))
            _take(tar, about, expected, into)
            done += expected.size
            progress(_("Проверяю архив"), done, total)
    if left:
        words = _("В архиве не хватает файла {name}. Ничего не изменено.")
        raise Refused(words.format(name=next(iter(left))))
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != NAME or not first.isreg() or first.size > LARGEST_MANIFEST:
        raise Refused(_("Это не копия программы: архив не начинается с её описания."))
    stream = tar.extractfile(first)
    assert stream is not None
    return read_manifest(stream.read())


def _refuse_wrong_names(manifest: Manifest) -> None:
    """An archive holds one database, attachments by their digests, and the school's own files."""
    database = DATABASES[manifest.database]
    if database not in manifest.members:
        raise Refused(_("В копии нет базы данных."))
    for name in manifest.members:
        if name != database and not is_ours(name):
            raise Refused(_strange(name))


def _refuse_too_large(manifest: Manifest, into: Path) -> int:
    total = sum(member.size for member in manifest.members.values())
    free = shutil.disk_usage(into).free
    if total > free:
        words = _("Для копии нужно {total} МБ, а на диске свободно {free}. Ничего не изменено.")
        raise Refused(words.format(total=total >> 20, free=free >> 20))
    return total


def _take(tar: tarfile.TarFile, about: tarfile.TarInfo, expected: Member, into: Path) -> None:
    """Write one member where its name says, below `into`; raises Refused unless all is right.

    Its name is one of ours, and we take nothing but plain files; Python's own filter for data looks
    again, where there is one: not in 3.11.2, which is Debian 12's.
    """
    if hasattr(tarfile, "data_filter"):
        tarfile.data_filter(about, str(into))
    if not about.isreg() or about.issparse() or about.size != expected.size:
        raise Refused(_strange(about.name))
    stream, target = tar.extractfile(about), into / about.name
    assert stream is not None
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        while block := stream.read(BLOCK):
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != expected.sha256:
        words = _("Файл {name} в архиве не тот, что в описании: архив повреждён или подменён."
                  " Ничего не изменено.")  # fmt: skip
        raise Refused(words.format(name=about.name))


def _strange(name: str) -> str:
    words = _("В архиве то, чего в копии не бывает: {name}. Ничего не изменено.")
    return words.format(name=repr(name)[:200])


class _Bounded(io.RawIOBase):
    """A stream that gives no more bytes than was allowed: a small archive may unpack to a disk."""

    def __init__(self, stream: gzip.GzipFile, most: int) -> None:
        self._stream = stream
        self._left = most

    def allow(self, more: int) -> None:
        """Let so many more bytes through, from here on."""
        self._left = more

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises Refused instead of giving too many."""
        block = self._stream.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        if len(block) > self._left:
            raise Refused(_("Архив распаковывается больше, чем обещает. Ничего не изменено."))
        self._left -= len(block)
        return block
