"""Columns and constraints; decisions live in `broadcaster.domain`."""

from broadcaster.store.models.announcements import Announcement, AnnouncementFile, Revision
from broadcaster.store.models.channels import ChannelState, Heartbeat, Lane, Upload
from broadcaster.store.models.deliveries import Delivery, Receipt
from broadcaster.store.models.people import Address, Destination, Group, Guardian, Pupil

__all__ = [
    "Address",
    "Announcement",
    "AnnouncementFile",
    "ChannelState",
    "Delivery",
    "Destination",
    "Group",
    "Guardian",
    "Heartbeat",
    "Lane",
    "Pupil",
    "Receipt",
    "Revision",
    "Upload",
]
