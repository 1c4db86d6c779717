"""Whether the school's file wishes the sandbox, as it is now: asked by the small `keeping`."""

from __future__ import annotations

import os
import sys

import django

from broadcaster.cli.keeping import UNWANTED, WANTED


def main() -> int:
    """WANTED or UNWANTED; a file that cannot be used raises."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadcaster.settings")
    django.setup()
    from broadcaster.bootstrap import office  # noqa: PLC0415 - needs Django

    return WANTED if office().sandbox else UNWANTED


if __name__ == "__main__":
    sys.exit(main())
