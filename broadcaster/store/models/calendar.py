"""The school's calendar: what each date became, and announcements that repeat themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from broadcaster.store.models.announcements import Announcement


class Watch(models.Model):
    """Since when a calendar item is followed in its present shape.

    `item` is its name, `shape` a digest of what decides its dates. Dates before `since` were never
    the item's to keep, and `seen_at` is when it was looked at last: what fell between that and now
    was missed.
    """

    item = models.CharField(max_length=80, unique=True)
    shape = models.CharField(max_length=64)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"watch of {self.item}"


class Occasion(models.Model):
    """One date of a calendar item, once: a draft was made for it, or there is a reason why not.

    `day` is the date that the recurrence gives, before days off move it: it names the occasion for
    ever. `send_at` is when it is to leave, `decide_by` when an unanswered request is decided by the
    item's rule. What became of it is told by its announcement; `skipped` is the reason why nothing
    was sent (`domain.occasions.Skipped`), empty otherwise.
    """

    item = models.CharField(max_length=80)
    day = models.DateField()
    title = models.CharField(max_length=200)
    send_at = models.DateTimeField()
    decide_by = models.DateTimeField()
    made_at = models.DateTimeField()
    announcement = models.OneToOneField(
        Announcement, on_delete=models.SET_NULL, null=True, related_name="occasion"
    )
    skipped = models.CharField(max_length=24, blank=True)
    skipped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "day"], name="occasion_once"),
        ]
        indexes = [
            models.Index(
                fields=["decide_by"], name="occasion_open", condition=models.Q(skipped="")
            ),
            models.Index(fields=["send_at"], name="occasion_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.item} on {self.day}"


class Series(models.Model):
    """An announcement that repeats itself: each occasion is a copy of `mould`, a draft for ever.

    `rule` is an RRULE, `time` the local time of day, `begins` its first possible day where the
    rule needs one. `shift` tells where a day off moves a date (`domain.days_off.Shift`). It goes on
    since `started_at`; without that it is only what the draft's author wishes, or wished before it
    was stopped. `by_command` says that it was started on the server, where nobody need consent.
    """

    mould = models.OneToOneField(Announcement, on_delete=models.CASCADE, related_name="series")
    rule = models.CharField(max_length=300)
    time = models.TimeField()
    begins = models.DateField(null=True)
    shift = models.CharField(max_length=16)
    by_command = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return f"series {self.pk}"


class CalendarFeed(models.Model):
    """A secret address under which somebody's calendar program reads ours; a digest of it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"
