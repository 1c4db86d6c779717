"""Columns and constraints; decisions live in `broadcaster.domain`."""

from broadcaster.store.models.announcements import Announcement, AnnouncementFile, Revision
from broadcaster.store.models.channels import ChannelState, Heartbeat, Lane, Upload
from broadcaster.store.models.deliveries import Delivery, Receipt
from broadcaster.store.models.people import Address, Destination, Group, Guardian, Pupil
from broadcaster.store.models.records import Alarm, ApprovalRequest, AuditEntry, ToldInPerson
from broadcaster.store.models.staff import (
    ApiToken,
    IdempotencyKey,
    SetupCode,
    Staff,
    Webhook,
    WebhookCall,
)

__all__ = [
    "Address",
    "Alarm",
    "Announcement",
    "AnnouncementFile",
    "ApiToken",
    "ApprovalRequest",
    "AuditEntry",
    "ChannelState",
    "Delivery",
    "Destination",
    "Group",
    "Guardian",
    "Heartbeat",
    "IdempotencyKey",
    "Lane",
    "Pupil",
    "Receipt",
    "Revision",
    "SetupCode",
    "Staff",
    "ToldInPerson",
    "Upload",
    "Webhook",
    "WebhookCall",
]
