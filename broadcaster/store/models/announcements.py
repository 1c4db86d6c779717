"""What an author writes once, in its revisions."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance
from broadcaster.store.models.people import Group, Guardian


class Announcement(models.Model):
    """One announcement; it is a draft until `released_at`.

    `release_at` is when it should be released, for scheduled ones; `wanted_at` is only the wish of
    a draft's author and lets nothing leave. `data_class` is the class its text was found to have at
    release. `problem` tells its author why it could not be released.
    `people` are asked for by name, beside the families of `groups`. `version` grows with every
    change of a draft, so that two people do not overwrite each other. `made_with` is the token of
    the program that made it: programs may steer such announcements only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    importance = models.CharField(max_length=16, default=Importance.ROUTINE)
    data_class = models.PositiveSmallIntegerField(default=DataClass.PUBLIC)
    groups = models.ManyToManyField(Group, related_name="announcements")
    people = models.ManyToManyField(Guardian, related_name="announcements")
    channels = models.JSONField(default=list)
    author = models.CharField(max_length=120, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_with = models.ForeignKey(
        "store.ApiToken", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    wanted_at = models.DateTimeField(null=True)
    release_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["release_at"],
                name="announcement_to_release",
                condition=models.Q(released_at__isnull=True, cancelled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"announcement {self.pk}"


class Revision(models.Model):
    """One version of an announcement's text; the one with the highest number is in force.

    `more` is what only channels without a limit of length show below the body.
    """

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="revisions"
    )
    number = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    body = models.TextField()
    more = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "number"], name="revision_number_once")
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.announcement_id}"


class AnnouncementFile(models.Model):
    """An attachment; its bytes lie under `digest` in the file store.

    `title` tells those who cannot see a picture what is on it.
    """

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["announcement", "position"], name="file_position_once")
        ]

    def __str__(self) -> str:
        return f"file {self.position} of {self.announcement_id}"
