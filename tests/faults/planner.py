"""What is planned ahead, as a child in an installation's home: `python -m tests.faults.planner`."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import django

django.setup()

from broadcaster.store.models import Announcement, Occasion, Watch  # noqa: E402
from tests.faults.talk import answer  # noqa: E402


def plan(announcement: str, at: float) -> None:
    """Let an announcement leave by itself at a time, in seconds since 1970."""
    mine = Announcement.objects.filter(pk=UUID(announcement), released_at=None)
    mine.update(release_at=datetime.fromtimestamp(at, UTC))


def left(announcement: str) -> bool:
    """Whether it has been released."""
    return Announcement.objects.exclude(released_at=None).filter(pk=UUID(announcement)).exists()


def follows(item: str) -> bool:
    """Whether an item of the calendar is followed."""
    return Watch.objects.filter(item=item).exists()


def dates(item: str) -> list[str]:
    """The announcements made for the dates of an item of the calendar."""
    rows = Occasion.objects.filter(item=item).exclude(announcement=None)
    return [str(one) for one in rows.values_list("announcement", flat=True)]


def written() -> int:
    """How many announcements there are that the calendar has not made."""
    return Announcement.objects.filter(occasion=None).count()


def main() -> None:
    """Answer until nobody asks any more."""
    answer(
        {
            "plan": plan,
            "left": left,
            "dates": dates,
            "follows": follows,
            "written": written,
        }
    )


if __name__ == "__main__":
    main()
