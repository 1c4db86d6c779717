"""The file store: bytes lie under their digest, so that one file is kept once."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from broadcaster.services.contents import file_path
from broadcaster.store.models import AnnouncementFile

UNUSED_FOR = timedelta(days=1)
"""Bytes that no announcement has named for so long are nobody's."""

BLOCK = 1_000_000
"""Bytes that are read at once."""

TIDIED = ".tidied"
"""The file whose time tells when the store was last looked through."""


def keep(folder: Path, file: BinaryIO) -> str:
    """Copy the bytes to where their digest says and return it; a reader never sees half a file."""
    digest = _digest(file)
    target = file_path(folder, digest)
    if target.exists():
        os.utime(target)  # `tidy` lets it be until its row is written
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{digest}.{uuid4().hex}")
        file.seek(0)
        with draft.open("xb") as copy:
            shutil.copyfileobj(file, copy)
        draft.replace(target)
    return digest


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    made = hashlib.sha256()
    while block := file.read(BLOCK):
        made.update(block)
    return made.hexdigest()


def keep_small(folder: Path, digest: str, content: bytes) -> Path:
    """Put a small picture beside the one with this digest."""
    target = small_path(folder, digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{uuid4().hex}")
    draft.write_bytes(content)
    draft.replace(target)
    return target


def small_path(folder: Path, digest: str) -> Path:
    """Where the small picture of a file lies, when there is one."""
    return file_path(folder, digest).with_suffix(".small")


def tidy(folder: Path, *, now: datetime) -> int:
    """Once a day, delete the bytes that no announcement names any more; returns how many files.

    A photo that was taken off a draft is not to be kept for ever.
    """
    mark = folder / TIDIED
    if not folder.exists() or (mark.exists() and not _old(mark, now)):
        return 0
    mark.touch()
    os.utime(mark, (now.timestamp(), now.timestamp()))
    known = set(AnnouncementFile.objects.order_by().values_list("digest", flat=True).distinct())
    found = [
        file
        for file in folder.glob("??/*")
        if file.name.partition(".")[0] not in known and _old(file, now)
    ]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)


def _old(file: Path, now: datetime) -> bool:
    return file.stat().st_mtime < (now - UNUSED_FOR).timestamp()
