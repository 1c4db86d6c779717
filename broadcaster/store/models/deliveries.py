"""One row a copy, one row an answer: the queue of record and the proof."""

from __future__ import annotations

from django.db import models

from broadcaster.domain.states import State
from broadcaster.store.models.announcements import Announcement
from broadcaster.store.models.people import Address, Destination, Guardian


class Delivery(models.Model):
    """One copy: announcement × address or destination.

    `channel` is empty for a person who has no address at all. `lane` names the lane that is sending
    it; `handed_at` is set before the platform could have got it. `why` is the policy's rule,
    `reason` tells why the copy was skipped, waits or failed. `parts` are the messages accepted so
    far. Every index here is paid for with each copy, three times over (decision 0058).
    """

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    guardian = models.ForeignKey(
        Guardian, on_delete=models.SET_NULL, null=True, related_name="deliveries"
    )
    address = models.ForeignKey(Address, on_delete=models.SET_NULL, null=True, related_name="+")
    destination = models.ForeignKey(
        Destination, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=32)
    state = models.CharField(max_length=16, default=State.QUEUED)
    reason = models.CharField(max_length=32, blank=True)
    why = models.CharField(max_length=32)
    priority = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lane = models.UUIDField(null=True)
    handed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    parts = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(
                fields=["channel", "priority", "due_at", "id"],
                name="delivery_waiting",
                condition=models.Q(state__in=[State.QUEUED, State.DEFERRED]),
            ),
            models.Index(
                fields=["due_at"], name="delivery_held", condition=models.Q(state=State.HELD)
            ),
            models.Index(
                fields=["lane"], name="delivery_sending", condition=models.Q(state=State.SENDING)
            ),
            models.Index(
                fields=["expires_at"],
                name="delivery_expiring",
                condition=models.Q(
                    expires_at__isnull=False,
                    state__in=[State.QUEUED, State.HELD, State.DEFERRED],
                ),
            ),
            models.Index(
                fields=["announcement", "state", "channel"], name="delivery_by_announcement"
            ),
            models.Index(
                fields=["destination"],
                name="delivery_of_destination",
                condition=models.Q(destination__isnull=False),
            ),
            models.Index(
                fields=["sent_at", "channel"],
                name="delivery_sent",
                condition=models.Q(sent_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "address"],
                name="one_copy_per_address",
                condition=models.Q(address__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["announcement", "destination"],
                name="one_copy_per_destination",
                condition=models.Q(destination__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Receipt(models.Model):
    """What a platform answered to one try; never changed. `at` is when the answer came.

    They are made from the rows of their copies, so that PostgreSQL need not look for each again.
    """

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="receipts", db_constraint=False
    )
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=16)
    reason = models.CharField(max_length=32, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    parts = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(
                fields=["at"], name="receipt_refused", condition=~models.Q(outcome="accepted")
            )
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class FormerAddress(models.Model):
    """Where tries of a copy went before its address got another value (decision 0062).

    `until` is when the copy was claimed for the new value; None says that it never was, so that
    all of its tries went to this one. It is forgotten with the address, and with its person.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="former")
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=320)
    replaced_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], name="one_place_a_copy", condition=models.Q(until__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"former address of {self.delivery_id}"
