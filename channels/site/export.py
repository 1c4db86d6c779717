"""The same site for another address, in a folder for hosting that shows files only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from channels.site.build import build
from channels.site.config import SiteConfig
from channels.site.feeds import RSS
from channels.site.folder import bring, holdings, locked


def export(config: SiteConfig, target: Path, *, public_url: str = "") -> int:
    """Make the whole site in `target` for `public_url` (its own where empty); count announcements.

    `target` must be empty, new, or hold an earlier export, which is brought up to date; raises
    FileExistsError otherwise, ValueError for an address that is not absolute, OSError of the disk.
    """
    away = replace(config, folder=target, public_url=public_url or config.public_url)
    if away.obstacle:
        raise ValueError(away.obstacle)
    _claim(target)
    with locked(config.folder):
        held = holdings(config.folder)
        for file in (file for item in held.items for file in item.files):
            place = Path("files", file.digest, file.name)
            bring(config.folder / place, target / place)
        build(away, held)
    return len(held.items)


def _claim(target: Path) -> None:
    if not target.exists() or not any(target.iterdir()):
        return
    if (target / "items").exists() or not (target / RSS).exists():
        raise FileExistsError(f"{target} is not empty and holds no earlier export")
