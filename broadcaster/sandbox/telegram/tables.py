"""What the Bot API's methods take, and what it says when they are given something else.

Our own data about Bot API 10.1, for the methods that send, change and check. A test holds it
against the published description of the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Type(StrEnum):
    """The types of parameters, as far as they differ on the wire."""

    INTEGER = "Integer"
    STRING = "String"
    BOOLEAN = "Boolean"
    PLACE = "Integer or String"
    FILE = "InputFile or String"
    INTEGERS = "Array of Integer"
    STRINGS = "Array of String"
    OBJECT = "Object"
    OBJECTS = "Array of Object"


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of a method, or one field of an object inside a parameter."""

    type: Type
    required: bool = False


Fields = Mapping[str, Field]

_INTEGER, _STRING, _BOOLEAN = Field(Type.INTEGER), Field(Type.STRING), Field(Type.BOOLEAN)
_FILE, _OBJECT, _OBJECTS = Field(Type.FILE), Field(Type.OBJECT), Field(Type.OBJECTS)
_A_FILE, _A_STRING = Field(Type.FILE, required=True), Field(Type.STRING, required=True)
_A_PLACE, _AN_INTEGER = Field(Type.PLACE, required=True), Field(Type.INTEGER, required=True)

_WHERE = {
    "business_connection_id": _STRING,
    "chat_id": _A_PLACE,
    "message_thread_id": _INTEGER,
    "direct_messages_topic_id": _INTEGER,
}
_HOW = {
    "disable_notification": _BOOLEAN,
    "protect_content": _BOOLEAN,
    "allow_paid_broadcast": _BOOLEAN,
    "message_effect_id": _STRING,
    "reply_parameters": _OBJECT,
}
_ONE = {"suggested_post_parameters": _OBJECT, "reply_markup": _OBJECT}
_CAPTION = {"caption": _STRING, "parse_mode": _STRING, "caption_entities": _OBJECTS}
_SHOWN = {"show_caption_above_media": _BOOLEAN, "has_spoiler": _BOOLEAN}
_FILM = {"width": _INTEGER, "height": _INTEGER, "duration": _INTEGER, "start_timestamp": _INTEGER}
_WHICH = {
    "business_connection_id": _STRING,
    "chat_id": Field(Type.PLACE),
    "message_id": _INTEGER,
    "inline_message_id": _STRING,
    "reply_markup": _OBJECT,
}
_TEXT = {"parse_mode": _STRING, "entities": _OBJECTS, "link_preview_options": _OBJECT}

METHODS: Mapping[str, Fields] = MappingProxyType(
    {
        "getMe": {},
        "getChat": {"chat_id": _A_PLACE},
        "getUpdates": {
            "offset": _INTEGER,
            "limit": _INTEGER,
            "timeout": _INTEGER,
            "allowed_updates": Field(Type.STRINGS),
        },
        "sendMessage": {**_WHERE, "text": _A_STRING, **_TEXT, **_HOW, **_ONE},
        "sendPhoto": {**_WHERE, "photo": _A_FILE, **_CAPTION, **_SHOWN, **_HOW, **_ONE},
        "sendDocument": {
            **_WHERE,
            "document": _A_FILE,
            "thumbnail": _FILE,
            **_CAPTION,
            "disable_content_type_detection": _BOOLEAN,
            **_HOW,
            **_ONE,
        },
        "sendVideo": {
            **_WHERE,
            "video": _A_FILE,
            "thumbnail": _FILE,
            "cover": _FILE,
            "supports_streaming": _BOOLEAN,
            **_FILM,
            **_CAPTION,
            **_SHOWN,
            **_HOW,
            **_ONE,
        },
        "sendMediaGroup": {**_WHERE, "media": Field(Type.OBJECTS, required=True), **_HOW},
        "editMessageText": {**_WHICH, "text": _STRING, **_TEXT, "rich_message": _OBJECT},
        "editMessageCaption": {**_WHICH, **_CAPTION, "show_caption_above_media": _BOOLEAN},
        "editMessageReplyMarkup": _WHICH,
        "deleteMessage": {"chat_id": _A_PLACE, "message_id": _AN_INTEGER},
        "deleteMessages": {
            "chat_id": _A_PLACE,
            "message_ids": Field(Type.INTEGERS, required=True),
        },
    }
)

_MEDIA = {"type": _A_STRING, "media": _A_STRING, **_CAPTION}
ALBUM_ITEMS: Mapping[str, Fields] = MappingProxyType(
    {
        "photo": {**_MEDIA, **_SHOWN},
        "document": {
            **_MEDIA,
            "thumbnail": _STRING,
            "disable_content_type_detection": _BOOLEAN,
        },
        "video": {
            **_MEDIA,
            **_SHOWN,
            **_FILM,
            "thumbnail": _STRING,
            "cover": _STRING,
            "supports_streaming": _BOOLEAN,
        },
    }
)
"""What an album may hold here, by `type`."""

BUTTON_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
BUTTON_LOOKS = frozenset({"text", "icon_custom_emoji_id", "style"})

MISSING: Mapping[str, str] = MappingProxyType(
    {
        "chat_id": "chat_id is empty",
        "text": "message text is empty",
        "photo": "there is no photo in the request",
        "document": "there is no document in the request",
        "video": "there is no video in the request",
        "message_id": "message identifier is not specified",
        "message_ids": "message identifiers are not specified",
    }
)
"""What is said of a required parameter that is not there (tdlib/telegram-bot-api, Client.cpp)."""

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
"""In UTF-16 units after the markup is parsed."""
ALBUM_SIZES = range(2, 11)
CALLBACK_BYTES = range(1, 65)
MOST_BUTTONS = 100
PHOTO_BYTES = 10_485_760
PHOTO_SIDES = 10_000
"""Width and height together, in pixels."""
PHOTO_RATIO = 20
UPLOAD_BYTES = 50_000_000
MOST_DELETED = 100
DELETE_HOURS = 48
