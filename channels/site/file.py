"""A file of an announcement as the site keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from broadcaster.contract import Attachment

SAFE_DIGEST = re.compile(r"[0-9A-Za-z]+")
TEXTS = {".csv", ".doc", ".docx", ".epub", ".ics", ".odt", ".pdf", ".rtf", ".txt", ".vcf"}
SHEETS = {".odp", ".ods", ".pps", ".ppsx", ".ppt", ".pptx", ".xls", ".xlsx"}
PICTURES = {".bmp", ".gif", ".heic", ".jpeg", ".jpg", ".png", ".webp"}
SOUNDS = {".avi", ".m4a", ".m4v", ".mov", ".mp3", ".mp4", ".ogg", ".wav", ".webm"}
BUNDLES = {".7z", ".rar", ".zip"}
HARMLESS = TEXTS | SHEETS | PICTURES | SOUNDS | BUNDLES
"""Endings that no web server runs and no browser takes for a page."""
LONGEST_STEM = 180
"""Bytes; file systems allow 255 for a name, drafts and endings take some."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of an announcement; `name` is its name on the site, `size` is in bytes."""

    name: str
    title: str
    media_type: str
    size: int
    digest: str

    def __post_init__(self) -> None:
        if not SAFE_DIGEST.fullmatch(self.digest) or self.name != safe_name(self.name):
            raise ValueError("no file of the site")

    @property
    def path(self) -> str:
        """Where it lies below the site's root, as part of a URL."""
        return f"files/{self.digest}/{quote(self.name)}"

    @property
    def is_photo(self) -> bool:
        """Whether every browser shows it as a picture."""
        return self.media_type in {"image/jpeg", "image/png", "image/gif", "image/webp"}


def safe_name(name: str) -> str:
    """A file's name that no web server takes for a program and no browser for a page.

    One dot is left, before a harmless ending; all else becomes `.bin`.
    """
    path = PurePath(normalize("NFC", name))
    ending = path.suffix.lower()
    if ending not in HARMLESS:
        ending = ".bin"
    stem = re.sub(r"[^\w-]+", "-", path.stem).encode()[:LONGEST_STEM].decode(errors="ignore")
    return (stem.strip("-") or "file") + ending


def described(attachment: Attachment) -> dict[str, Any]:
    """What is kept of an attachment."""
    return {
        "name": safe_name(attachment.name),
        "title": attachment.title.strip() or attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "digest": attachment.digest,
    }
