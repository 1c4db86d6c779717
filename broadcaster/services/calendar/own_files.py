"""Where the school keeps what is its own of the calendar."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from broadcaster.config import own_file


def own_place(shipped: Path) -> Path:
    """The school's own counterpart of a shipped file or folder; it need not exist.

    It lies beside the school's settings, or under BROADCASTER_HOME where these lie among the
    program's own files.
    """
    beside = own_file().with_name(shipped.name)
    return beside if beside != shipped else Path(settings.HOME) / shipped.name
