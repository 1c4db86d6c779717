"""Our own data on VK's API 5.199: methods, parameters, limits, rights, errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto

VERSION = "5.199"

COMMON = frozenset({"access_token", "v", "lang", "test_mode", "captcha_sid", "captcha_key"})
"""Parameters every method takes."""

ATTACHMENTS = 10
"""In one message or post."""

WALL_DOCUMENTS = 1
"""In one post."""

WALL_TEXT = 16_384
"""Characters of a post; not documented, told by those who met it."""

SCRIPT_CALLS = 25
PHOTO_BYTES = 50 * 1024 * 1024
DOCUMENT_BYTES = 200 * 1024 * 1024
REFUSED_FILES = frozenset({".mp3", ".exe", ".apk", ".bat", ".com", ".msi", ".scr"})
"""VK stores no music and no programs as documents."""

KEYBOARD_ROW = 5
INLINE_ROWS = 6
INLINE_BUTTONS = 10
BELOW_ROWS = 10
BELOW_BUTTONS = 40
LABEL = 40
BUTTON_PAYLOAD = 255

USER_RATE = 3
"""Requests a second with a user's token."""

RIGHTS: Mapping[str, int] = {
    "stories": 1,
    "photos": 4,
    "app_widget": 64,
    "messages": 4096,
    "wall": 8192,
    "docs": 131072,
    "manage": 262144,
    "market": 134217728,
}
"""What a community's token may do, as bits of `mask`."""


class Token(StrEnum):
    """Whose token a request came with."""

    USER = "user"
    GROUP = "group"


class Type(Enum):
    """What a parameter holds."""

    INTEGER = auto()
    STRING = auto()
    BOOLEAN = auto()
    INTEGERS = auto()
    STRINGS = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter; lengths are in characters, `max_items` in items; 0 is no limit."""

    type: Type
    required: bool = False
    minimum: int | None = None
    max_length: int = 0
    max_items: int = 0

    @property
    def needed(self) -> Field:
        """The same, required."""
        return replace(self, required=True)


@dataclass(frozen=True, slots=True)
class Method:
    """Who may call it, with which right of a community, and what it takes."""

    tokens: frozenset[Token]
    right: str
    fields: Mapping[str, Field]


INTEGER = Field(Type.INTEGER)
NATURAL = Field(Type.INTEGER, minimum=0)
POSITIVE = Field(Type.INTEGER, minimum=1)
STRING = Field(Type.STRING)
BOOLEAN = Field(Type.BOOLEAN)
STRINGS = Field(Type.STRINGS)
TEXT = Field(Type.STRING, max_length=9000)

BOTH = frozenset({Token.USER, Token.GROUP})
USER = frozenset({Token.USER})
GROUP = frozenset({Token.GROUP})

METHODS: Mapping[str, Method] = {
    "messages.send": Method(
        BOTH,
        "messages",
        {
            "user_id": INTEGER,
            "random_id": INTEGER.needed,
            "peer_id": INTEGER,
            "peer_ids": Field(Type.INTEGERS, max_items=100),
            "domain": STRING,
            "chat_id": NATURAL,
            "message": TEXT,
            "attachment": Field(Type.STRING, max_length=9000),
            "reply_to": INTEGER,
            "forward": STRING,
            "group_id": NATURAL,
            "keyboard": STRING,
            "template": STRING,
            "payload": Field(Type.STRING, max_length=1000),
            "content_source": STRING,
            "dont_parse_links": BOOLEAN,
            "disable_mentions": BOOLEAN,
            "intent": STRING,
        },
    ),
    "messages.edit": Method(
        BOTH,
        "messages",
        {
            "peer_id": INTEGER.needed,
            "message": TEXT,
            "attachment": STRING,
            "keep_forward_messages": BOOLEAN,
            "keep_snippets": BOOLEAN,
            "group_id": NATURAL,
            "dont_parse_links": BOOLEAN,
            "disable_mentions": BOOLEAN,
            "message_id": NATURAL,
            "cmid": NATURAL,
            "template": STRING,
            "keyboard": STRING,
        },
    ),
    "messages.delete": Method(
        BOTH,
        "messages",
        {
            "message_ids": Field(Type.INTEGERS, max_items=1000),
            "spam": BOOLEAN,
            "reason": NATURAL,
            "group_id": NATURAL,
            "delete_for_all": BOOLEAN,
            "peer_id": INTEGER,
            "cmids": Field(Type.INTEGERS, max_items=100),
        },
    ),
    "messages.isMessagesFromGroupAllowed": Method(
        BOTH, "messages", {"group_id": POSITIVE.needed, "user_id": POSITIVE.needed}
    ),
    "photos.getMessagesUploadServer": Method(BOTH, "photos", {"peer_id": INTEGER}),
    "photos.saveMessagesPhoto": Method(
        BOTH, "photos", {"photo": STRING.needed, "server": INTEGER, "hash": STRING}
    ),
    "photos.getWallUploadServer": Method(USER, "photos", {"group_id": INTEGER}),
    "photos.saveWallPhoto": Method(
        USER,
        "photos",
        {
            "user_id": NATURAL,
            "group_id": NATURAL,
            "photo": STRING.needed,
            "server": INTEGER,
            "hash": STRING,
            "caption": STRING,
        },
    ),
    "docs.getMessagesUploadServer": Method(BOTH, "docs", {"type": STRING, "peer_id": INTEGER}),
    "docs.getWallUploadServer": Method(BOTH, "docs", {"group_id": NATURAL}),
    "docs.save": Method(
        BOTH,
        "docs",
        {"file": STRING.needed, "title": STRING, "tags": STRING, "return_tags": BOOLEAN},
    ),
    "wall.post": Method(
        BOTH,
        "wall",
        {
            "owner_id": INTEGER,
            "friends_only": BOOLEAN,
            "from_group": BOOLEAN,
            "message": STRING,
            "attachments": STRINGS,
            "signed": BOOLEAN,
            "publish_date": NATURAL,
            "post_id": NATURAL,
            "guid": STRING,
            "mark_as_ads": BOOLEAN,
            "close_comments": BOOLEAN,
            "mute_notifications": BOOLEAN,
            "copyright": STRING,
        },
    ),
    "wall.edit": Method(
        USER,
        "wall",
        {
            "owner_id": INTEGER,
            "post_id": NATURAL.needed,
            "message": STRING,
            "attachments": STRINGS,
            "signed": BOOLEAN,
            "publish_date": NATURAL,
            "mark_as_ads": BOOLEAN,
            "close_comments": BOOLEAN,
            "copyright": STRING,
        },
    ),
    "wall.delete": Method(USER, "wall", {"owner_id": INTEGER, "post_id": NATURAL}),
    "groups.getById": Method(
        BOTH, "", {"group_ids": STRINGS, "group_id": STRING, "fields": STRINGS}
    ),
    "groups.getTokenPermissions": Method(GROUP, "", {}),
    "execute": Method(BOTH, "", {"code": STRING.needed, "func_v": INTEGER}),
}

PRACTICE: Mapping[str, str] = {
    "messages.send random_id": "not required on paper; without it VK has refused since 5.90",
    "wall.post tokens": "a user's on paper; texts and documents go with a community's `wall` right",
}
"""Where the tables follow what VK does and not what its schema says."""

ERRORS: Mapping[int, str] = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed",
    6: "Too many requests per second",
    7: "Permission to perform this action is denied",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error",
    12: "Unable to compile code",
    13: "Runtime error occurred during code invocation",
    14: "Captcha needed",
    15: "Access denied",
    17: "Validation required",
    18: "User was deleted or banned",
    22: "Upload error",
    27: "Group authorization failed",
    29: "Rate limit reached",
    32: "Need wait",
    36: "Method execution was interrupted due to timeout",
    37: "User was banned",
    39: "Unknown user",
    43: "This section is temporary unavailable",
    100: "One of the parameters specified was missing or invalid",
    104: "Not found",
    105: "Couldn't save file",
    113: "Invalid user id",
    118: "Invalid server",
    121: "Invalid hash",
    125: "Invalid group id",
    129: "Invalid photo",
    210: "Access to wall's post denied",
    214: "Access to adding post denied",
    222: "Hyperlinks are forbidden",
    900: "Can't send messages for users from blacklist",
    901: "Can't send messages for users without permission",
    902: "Can't send messages to this user due to their privacy settings",
    909: "Can't edit this message, because it's too old",
    911: "Keyboard format is invalid",
    914: "Message is too long",
    917: "You don't have access to this chat",
    924: "Can't delete this message for everybody",
    925: "You are not admin of this chat",
    932: "Your community can't interact with this peer",
    936: "Contact not found",
    945: "Chat was disabled",
    1150: "Invalid document id",
    1153: "Access to document is denied",
}
