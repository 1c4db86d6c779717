"""Who was in a group when an announcement was released; children come and go (decision 0066)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from broadcaster.store.models import Announcement, GroupChange, Pupil

Member = tuple[int, int]
"""A child and a group, by their numbers."""

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""When those came of whom nothing is noted."""

THEN = """
SELECT member.pupil_id FROM store_announcement_groups chosen
JOIN store_announcement news ON news.id = chosen.announcement_id
JOIN store_pupil_groups member ON member.group_id = chosen.group_id
WHERE chosen.announcement_id = %s {only} AND NOT EXISTS (
    SELECT 1 FROM store_groupchange later WHERE later.pupil_id = member.pupil_id
    AND later.group_id = member.group_id AND later.at > news.released_at)
UNION ALL
SELECT member.pupil_id FROM store_announcement_groups chosen
JOIN store_announcement news ON news.id = chosen.announcement_id
JOIN store_groupchange member ON member.group_id = chosen.group_id
WHERE chosen.announcement_id = %s {only} AND NOT member.joined AND member.at > news.released_at
AND NOT EXISTS (SELECT 1 FROM store_groupchange earlier
    WHERE earlier.pupil_id = member.pupil_id AND earlier.group_id = member.group_id
    AND earlier.at > news.released_at AND earlier.at < member.at)
"""
"""The children of an announcement's groups at its release, or now, as long as it is a draft.

Who has moved since was there if the first move was to leave. `only` narrows both halves by
`member` and `chosen`; the announcement's id is the parameter of each.
"""


def note(members: Iterable[Member], *, joined: bool, at: datetime) -> None:
    """Note children who have come into groups, or left them, to which something was sent before."""
    pairs = list(members)
    told = Announcement.groups.through.objects.filter(
        group__in={group for _pupil, group in pairs}, announcement__released_at__isnull=False
    )
    sent_to = set(told.values_list("group_id", flat=True).distinct())
    GroupChange.objects.bulk_create(
        GroupChange(pupil_id=pupil, group_id=group, at=at, joined=joined)
        for pupil, group in pairs
        if group in sent_to
    )


def join(stays: int, goes: int) -> None:
    """Make one child's past of two; in the groups that both are in, it is who came first."""
    members = Pupil.groups.through.objects
    shared = members.filter(pupil=stays, group__in=members.filter(pupil=goes).values("group"))
    notes = GroupChange.objects.filter(pupil__in=[stays, goes], group__in=shared.values("group"))
    came: dict[int, dict[int, datetime]] = {}
    for pupil, group, at in notes.order_by("-at").values_list("pupil", "group", "at"):
        came.setdefault(group, {})[pupil] = at
    for group, first in came.items():
        later = max((stays, goes), key=lambda pupil: first.get(pupil, ALWAYS))
        GroupChange.objects.filter(pupil=later, group=group).delete()
    GroupChange.objects.filter(pupil=goes).update(pupil=stays)
