"""What all workers must know of a channel: holds, lanes and uploads."""

from __future__ import annotations

from django.db import models


class ChannelState(models.Model):
    """A channel's health; `hold_until` is the platform's wait, `paused_at` a person's."""

    channel = models.CharField(max_length=32, primary_key=True)
    hold_until = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=32, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    last_success_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.channel


class Lane(models.Model):
    """A worker's right to send on a channel; it must be renewed before `until`."""

    channel = models.CharField(max_length=32)
    slot = models.PositiveSmallIntegerField()
    token = models.UUIDField(null=True)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "slot"], name="lane_slot_once")]

    def __str__(self) -> str:
        return f"lane {self.slot} of {self.channel}"


class Upload(models.Model):
    """The platform's handle of a file it already has."""

    channel = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    handle = models.CharField(max_length=512)
    kept_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "digest", "kind"], name="upload_once")
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"


class Heartbeat(models.Model):
    """When a part of the system last showed life."""

    part = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part
