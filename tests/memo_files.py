"""Memos as a school writes them, with their dates."""

from __future__ import annotations

from pathlib import Path

NEVER, LONG_AGO = "9999-01-01", "2021-01-01"
"""Days by which a memo is to be looked through again."""
MEMO = """\
---
title: {title}
season: {season}
ages: [primary]
topic: ice
basis: Рекомендации МЧС России
reviewed: 2020-09-01
review_by: {review_by}
---
Не выходите на лёд.
"""


def write_memo(
    folder: Path,
    name: str,
    *,
    title: str = "Осторожно, тонкий лёд",
    season: str = "winter",
    review_by: str = NEVER,
    more: str = "",
) -> None:
    """A memo of this folder; `more` is what the site alone shows."""
    text = MEMO.format(title=title, season=season, review_by=review_by)
    beyond = f"\n<!-- site -->\n\n{more}\n" if more else ""
    (folder / f"{name}.md").write_text(text + beyond, "utf-8")
