"""What is written down about work: the audit log, approvals, calls by telephone, alarms."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from broadcaster.domain.permissions import Role
from broadcaster.store.models.announcements import Announcement
from broadcaster.store.models.people import Guardian


class AuditEntry(models.Model):
    """Who did what to what; triggers of the database refuse to change or delete a row.

    `hash` covers the row and the hash before it, so that a removed row shows; no two rows have
    the same `previous`, so that the chain never forks. No name or address of a family is kept
    here: `subject` is a number.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=160)
    user = models.PositiveBigIntegerField(null=True)
    action = models.CharField(max_length=48)
    subject_kind = models.CharField(max_length=24, blank=True)
    subject = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["user", "-id"], name="audit_by_user"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["subject_kind", "subject"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class ApprovalRequest(models.Model):
    """An author asks for consent to release; `version` is the draft's at that moment.

    `decision` is empty until somebody decides, then "approved" or "returned" with `words`. The
    calendar asks with no `asked_by`. `asked_role` is whom it asks beside the administrators.
    `reminded_at` is when those asked were written to last, `reminders` how often, and
    `escalated_at` when the administrators were written to because they had not answered or were
    away. `answer_told_at` is when its author was written to about the decision.
    """

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="approvals"
    )
    version = models.PositiveIntegerField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    asked_role = models.CharField(max_length=16, default=Role.APPROVER)
    reminded_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    escalated_at = models.DateTimeField(null=True)
    answer_told_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=16, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement"],
                name="one_open_approval",
                condition=models.Q(decided_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}"


class ToldInPerson(models.Model):
    """Somebody has told a guardian by telephone or face to face."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="told_in_person"
    )
    guardian = models.ForeignKey(Guardian, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "guardian"], name="told_in_person_once")
        ]

    def __str__(self) -> str:
        return f"told {self.pk}"


class Acknowledgement(models.Model):
    """A guardian pressed «Ознакомлен(а)», on the page of a copy that came over `channel`."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="acknowledgements"
    )
    guardian = models.ForeignKey(Guardian, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "guardian"], name="acknowledgement_once"
            )
        ]

    def __str__(self) -> str:
        return f"acknowledgement {self.pk}"


class Alarm(models.Model):
    """Something an administrator must know; `until` is set when it is over.

    `since` is when the trouble began, `noticed_at` when we saw it. `told_at` and `end_told_at` are
    when letters about its beginning and its end left.
    """

    kind = models.CharField(max_length=32)
    part = models.CharField(max_length=32)
    since = models.DateTimeField()
    noticed_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    end_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "part"],
                name="one_open_alarm",
                condition=models.Q(until__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"alarm {self.pk}"
