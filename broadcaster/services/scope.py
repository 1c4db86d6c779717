"""What a member of staff may see: a teacher her own, everybody else everything."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from broadcaster.domain.permissions import Role, sees_all
from broadcaster.store.models import Announcement, Group, Guardian, Pupil, Staff


def groups_of(staff: Staff) -> QuerySet[Group]:
    """The groups that somebody may write to."""
    if sees_all(Role(staff.role)):
        return Group.objects.all()
    return Group.objects.filter(staff=staff)


def pupils_of(staff: Staff) -> QuerySet[Pupil]:
    """The children of these groups."""
    if sees_all(Role(staff.role)):
        return Pupil.objects.all()
    own = Pupil.groups.through.objects.filter(
        pupil=OuterRef("pk"), group__in=groups_of(staff).values("pk")
    )
    return Pupil.objects.filter(Exists(own))


def guardians_of(staff: Staff) -> QuerySet[Guardian]:
    """The parents of these children."""
    if sees_all(Role(staff.role)):
        return Guardian.objects.all()
    own = Guardian.pupils.through.objects.filter(
        guardian=OuterRef("pk"), pupil__groups__in=groups_of(staff).values("pk")
    )
    return Guardian.objects.filter(Exists(own))


def announcements_of(staff: Staff) -> QuerySet[Announcement]:
    """What somebody wrote, and what was written for her groups and for nobody else.

    A report names families, so an announcement that also went to another teacher's group is not
    hers to see.
    """
    if sees_all(Role(staff.role)):
        return Announcement.objects.all()
    groups = Announcement.groups.through.objects.filter(announcement=OuterRef("pk"))
    people = Announcement.people.through.objects.filter(announcement=OuterRef("pk"))
    hers = Exists(groups) & ~Exists(groups.exclude(group__in=groups_of(staff).values("pk")))
    return Announcement.objects.filter(
        Q(written_by=staff.user_id) | (hers & ~Exists(people)),
    )
