"""Those who work with the program, and the programs that work with it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from broadcaster.domain.permissions import Approval, Role
from broadcaster.store.models.people import Group


class Staff(models.Model):
    """A member of staff: what Django's account may do here, and for which groups.

    `name` signs announcements. Only a teacher is bound to `groups`. From `away_from` to
    `away_until`, both included, somebody is not asked for consent; `deputy` is, in her place.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff"
    )
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, default=Role.TEACHER)
    approval = models.CharField(max_length=16, default=Approval.NEVER)
    groups = models.ManyToManyField(Group, related_name="staff", blank=True)
    away_from = models.DateField(null=True)
    away_until = models.DateField(null=True)
    deputy = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"staff {self.pk}"


class SetupCode(models.Model):
    """The one-time code of the first start; only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"set-up code {self.pk}"


class ApiToken(models.Model):
    """A key of another program of the school; only its digest is kept."""

    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"token {self.pk}"


class IdempotencyKey(models.Model):
    """A request that another program may repeat, and the answer it got the first time.

    `status` 0 means that the first request is still under way.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return f"idempotency key {self.pk}"


class Webhook(models.Model):
    """An address of another program that wants to hear; `secret` signs what it is told."""

    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=64)
    events = models.JSONField(default=list)
    made_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class WebhookCall(models.Model):
    """One event told, or to be told, to one webhook; an announcement's event is told once."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="calls")
    event = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    payload = models.JSONField()
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "event", "subject"], name="webhook_told_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="webhook_due", condition=models.Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"
