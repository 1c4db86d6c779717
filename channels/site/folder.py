"""The site's folder on disk: its lock, atomic writes, what lies in it and what may go."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from channels.site.item import Item, key

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds to wait for another publisher."""
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is published, newest first, and the names of files that could not be understood."""

    items: tuple[Item, ...]
    unreadable: frozenset[str] = frozenset()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only publisher of this folder; raises OSError when that cannot be had in time."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock", timeout=PATIENCE):
        yield


def put(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a file in one step, so that no reader sees half of it.

    A file that holds this content already stays untouched and keeps its time of change. With
    `durable` the content survives a power cut from here on.
    """
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.tmp")
    with draft.open("wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)


def bring(source: Path, target: Path) -> None:
    """Copy a file in one step; one of the same size is there already, as names hold a digest."""
    if target.is_file() and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.tmp")
    shutil.copyfile(source, draft)
    draft.replace(target)


def item_file(folder: Path, guid: str) -> Path:
    """Where the item of this guid is kept."""
    return folder / "items" / f"{key(guid)}.json"


def find(folder: Path, guid: str) -> Item | None:
    """The item of this guid; None when there is none that can be understood."""
    return _load(item_file(folder, guid))


def keep(folder: Path, item: Item) -> None:
    """Write an item for good."""
    put(item_file(folder, item.guid), item.dump().encode(), durable=True)


def holdings(folder: Path) -> Holdings:
    """Everything published; what cannot be understood is logged and left alone."""
    found = {path.stem: _load(path) for path in sorted((folder / "items").glob("[!.]*.json"))}
    items = sorted(filter(None, found.values()), key=lambda item: item.published, reverse=True)
    return Holdings(tuple(items), frozenset(stem for stem, item in found.items() if item is None))


def _load(path: Path) -> Item | None:
    try:
        item = Item.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        item = None
    if item is None or item.key != path.stem:
        log.warning("site.item_skipped", extra={"file": path.name})
        return None
    return item


def sweep(folder: Path, held: Holdings) -> None:
    """Remove pages and files of what is published no longer.

    Files stay while some item cannot be understood, as it may speak of them.
    """
    pages = {item.key for item in held.items} | held.unreadable
    for page in (folder / "a").glob("*.html"):
        if page.stem not in pages:
            page.unlink()
    used = {file.digest for item in held.items for file in item.files}
    for place in (folder / "files").glob("*"):
        if DIGEST.fullmatch(place.name) and place.name not in used and not held.unreadable:
            shutil.rmtree(place)
