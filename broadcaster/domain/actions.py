"""What people do that is written into the audit log."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What can be done to something; each has its words in `broadcaster.words`."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an event
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    STAFF_INVITED = "staff_invited"
    STAFF_CHANGED = "staff_changed"
    STAFF_CLOSED = "staff_closed"
    STAFF_REOPENED = "staff_reopened"
    STAFF_LINKED = "staff_linked"
    SETTINGS_CHANGED = "settings_changed"
    CHANNEL_CHECKED = "channel_checked"
    CHANNEL_REOPENED = "channel_reopened"
    DRAFT_MADE = "draft_made"
    DRAFT_DROPPED = "draft_dropped"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_WITHDRAWN = "approval_withdrawn"
    APPROVED = "approved"
    RETURNED = "returned"
    RELEASED = "released"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    RESENT = "resent"
    COPY_DECIDED = "copy_decided"
    TOLD_IN_PERSON = "told_in_person"
    TOLD_TAKEN_BACK = "told_taken_back"
    REPORT_EXPORTED = "report_exported"
    PEOPLE_IMPORTED = "people_imported"
    PERSON_CHANGED = "person_changed"
    PEOPLE_MERGED = "people_merged"
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"
    GROUP_CHANGED = "group_changed"
    TOKEN_MADE = "token_made"  # noqa: S105 - an event
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - an event
    WEBHOOK_CHANGED = "webhook_changed"
