"""Copies for tests: made, taken apart, put together again as a stranger would."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.backup.making import Made, back_up
from broadcaster.services.backup.restoring import Restored, opened, restore
from broadcaster.services.outlets import Office
from broadcaster.services.storing import keep as keep_file
from broadcaster.store.models import AnnouncementFile
from tests import school

Parts = dict[str, bytes]


def tidied() -> Iterator[None]:
    """What a test leaves in the tests' home goes with it."""
    before = set(settings.HOME.iterdir())
    yield
    for one in set(settings.HOME.iterdir()) - before:
        shutil.rmtree(one) if one.is_dir() else one.unlink()


def silent(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def copied(
    folder: Path,
    *,
    with_secrets: bool = False,
    keep: int | None = None,
    now: datetime = school.NOON,
    progress: Callable[[str, int, int], None] = silent,
) -> Made:
    """A copy in this folder."""
    return back_up(
        folder,
        with_secrets=with_secrets,
        keep=keep,
        by=COMMAND_LINE,
        now=now,
        progress=progress,
    )


def put_back(archive: Path, desk: Office, *, now: datetime = school.LATER) -> Restored:
    """What restoring a copy came to."""
    with opened(archive, silent) as found:
        return restore(
            found, office_of=lambda _file: desk, by=COMMAND_LINE, now=now, progress=silent
        )


def parts(archive: Path) -> Parts:
    """What is in an archive, by name."""
    with tarfile.open(archive) as tar:
        return {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]


def manifest(archive: Path) -> dict[str, Any]:
    """What an archive says of itself."""
    return dict(json.loads(parts(archive)["manifest.json"]))


def remade(archive: Path, of: Parts, *also: tarfile.TarInfo, **told: Any) -> Path:
    """An archive of these parts whose manifest is right about them, except for what is `told`."""
    inside = {name: content for name, content in of.items() if name != "manifest.json"}
    members = {
        name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in inside.items()
    }
    about = {**json.loads(of["manifest.json"]), "members": members, **told}
    return packed(archive, {"manifest.json": json.dumps(about).encode(), **inside}, *also)


def packed(archive: Path, of: Parts, *also: tarfile.TarInfo) -> Path:
    """An archive of exactly these parts, and members without content after them."""
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in of.items():
            one = tarfile.TarInfo(name)
            one.size = len(content)
            tar.addfile(one, io.BytesIO(content))
        for one in also:
            tar.addfile(one)
    return archive


def unzipped(archive: Path) -> bytes:
    """Every byte in an archive."""
    return gzip.decompress(archive.read_bytes())


def attached(content: bytes) -> str:
    """The digest of a file with this content, which an announcement names."""
    digest = keep_file(settings.FILE_FOLDER, io.BytesIO(content))
    AnnouncementFile.objects.create(
        announcement_id=school.announcement("1А"),
        position=0, name="plan.pdf", size=len(content), digest=digest,
    )  # fmt: skip
    assert digest == hashlib.sha256(content).hexdigest()
    return digest
