"""Columns and constraints; decisions live in `broadcaster.domain`."""

from broadcaster.store.models.announcements import Announcement, AnnouncementFile, Revision
from broadcaster.store.models.calendar import CalendarFeed, Occasion, Series, Watch
from broadcaster.store.models.channels import ChannelState, Heartbeat, Lane, Upload
from broadcaster.store.models.deliveries import Delivery, FormerAddress, Receipt
from broadcaster.store.models.people import (
    Address,
    Destination,
    FormerName,
    Group,
    GroupChange,
    Guardian,
    Pupil,
)
from broadcaster.store.models.records import (
    Acknowledgement,
    Alarm,
    ApprovalRequest,
    AuditEntry,
    ToldInPerson,
)
from broadcaster.store.models.staff import (
    ApiToken,
    IdempotencyKey,
    SetupCode,
    Staff,
    Webhook,
    WebhookCall,
)

__all__ = [
    "Acknowledgement",
    "Address",
    "Alarm",
    "Announcement",
    "AnnouncementFile",
    "ApiToken",
    "ApprovalRequest",
    "AuditEntry",
    "CalendarFeed",
    "ChannelState",
    "Delivery",
    "Destination",
    "FormerAddress",
    "FormerName",
    "Group",
    "GroupChange",
    "Guardian",
    "Heartbeat",
    "IdempotencyKey",
    "Lane",
    "Occasion",
    "Pupil",
    "Receipt",
    "Revision",
    "Series",
    "SetupCode",
    "Staff",
    "ToldInPerson",
    "Upload",
    "Watch",
    "Webhook",
    "WebhookCall",
]
