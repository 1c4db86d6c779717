"""Pictures and documents of a page, each kept once however many messages carry it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from broadcaster.sandbox.phone import ShownFile

PHOTOS: Mapping[str, str] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
}
"""Pictures a page may show and how their files end: no SVG, which may carry scripts."""

PAPERS = frozenset(
    {".csv", ".doc", ".docx", ".ics", ".mp3", ".mp4", ".odt", ".ogg", ".pdf", ".pptx", ".txt"}
    | {".xls", ".xlsx", ".zip"}
)
"""Endings that a double click may open; any other file is stored as `.bin`."""


@dataclass(frozen=True, slots=True)
class Link:
    """A stored file as a page refers to it: `kind` is its ending in capitals, `size` in bytes."""

    name: str
    href: str
    kind: str
    size: int
    is_photo: bool


class Shelf:
    """Files by name, one for each digest; `prefix` is what a page writes before the name."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._files: dict[str, ShownFile] = {}

    def link(self, file: ShownFile) -> Link:
        """Keep the file and say how a page refers to it."""
        name = stored_name(file)
        self._files.setdefault(name, file)
        kind = PurePath(file.name).suffix.removeprefix(".").upper()[:4]
        photo = file.media_type in PHOTOS
        return Link(file.name, f"{self.prefix}{name}", kind, len(file.content), photo)

    def links(self, files: Iterable[ShownFile]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """The pictures among the files, and the rest."""
        links = [self.link(file) for file in files]
        photos = tuple(link for link in links if link.is_photo)
        return photos, tuple(link for link in links if not link.is_photo)

    def get(self, name: str) -> ShownFile | None:
        """The file kept under this name, None when there is none."""
        return self._files.get(name)

    def clear(self) -> None:
        """Forget every file."""
        self._files.clear()

    def write(self, folder: Path) -> None:
        """Put the files into `folder`, leaving those that lie there already; raises OSError."""
        for name, file in self._files.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(file.content)


def stored_name(file: ShownFile) -> str:
    """The name of a file on disk: its digest, and an ending that opens nothing dangerous."""
    digest = hashlib.sha256(file.content).hexdigest()[:24]
    suffix = PurePath(file.name).suffix.lower()
    return digest + PHOTOS.get(file.media_type, suffix if suffix in PAPERS else ".bin")
