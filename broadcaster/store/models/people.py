"""The roll: groups, pupils, guardians, and the places where they can be reached."""

from __future__ import annotations

from django.db import models

from broadcaster.contract import DataClass
from broadcaster.domain.reasons import AddressState


class Group(models.Model):
    """A class, kindergarten group, club or staff room."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class FormerName(models.Model):
    """What a group was called until it got another name (decision 0066)."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=80)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Pupil(models.Model):
    """A child, known by a display name only."""

    name = models.CharField(max_length=120)
    groups = models.ManyToManyField(Group, related_name="pupils")

    def __str__(self) -> str:
        return f"pupil {self.pk}"


class GroupChange(models.Model):
    """A child came into a group or left it, after something had been sent to that group.

    By these reports tell whom an announcement concerned when it was released (decision 0066).
    """

    pupil = models.ForeignKey(
        Pupil, on_delete=models.CASCADE, related_name="group_changes", db_index=False
    )
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    joined = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["pupil", "group", "at"], name="change_of_a_member")]

    def __str__(self) -> str:
        return f"pupil {self.pupil_id} {'joined' if self.joined else 'left'} {self.group_id}"


class Guardian(models.Model):
    """A parent or other adult answering for pupils."""

    name = models.CharField(max_length=120)
    pupils = models.ManyToManyField(Pupil, related_name="guardians")

    def __str__(self) -> str:
        return f"guardian {self.pk}"


class Address(models.Model):
    """One person's place on one channel; `preference` 0 is where the person looks first.

    No copy is sent without `consent_on`, the day on which the person agreed, or after
    `consent_withdrawn_at`.
    """

    guardian = models.ForeignKey(Guardian, on_delete=models.CASCADE, related_name="addresses")
    channel = models.CharField(max_length=32)
    value = models.CharField(max_length=320)
    preference = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=16, default=AddressState.OPEN)
    state_reason = models.CharField(max_length=32, blank=True)
    state_since = models.DateTimeField(null=True)
    consent_on = models.DateField(null=True)
    consent_source = models.CharField(max_length=120, blank=True)
    consent_withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guardian", "channel", "value"], name="address_once_per_guardian"
            )
        ]
        indexes = [models.Index(fields=["channel", "value"], name="address_by_value")]

    def __str__(self) -> str:
        return f"address {self.pk} on {self.channel}"


class Destination(models.Model):
    """A public or group place on a channel; without a group it is the school's own."""

    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, related_name="destinations"
    )
    channel = models.CharField(max_length=32)
    value = models.CharField(max_length=320)
    title = models.CharField(max_length=120)
    data_class = models.PositiveSmallIntegerField(default=DataClass.PUBLIC)
    state = models.CharField(max_length=16, default=AddressState.OPEN)
    state_reason = models.CharField(max_length=32, blank=True)
    state_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "value", "group"], name="destination_once_per_group"
            ),
            models.UniqueConstraint(
                fields=["channel", "value"],
                name="school_destination_once",
                condition=models.Q(group=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title
