"""What Telegram's refusals mean.

The errors of our own transport stand among those of python-telegram-bot:

    telegram.error.TelegramError
    ├── InvalidToken, Forbidden, ChatMigrated, Conflict
    ├── Unreadable         an attachment's file cannot be read here
    └── NetworkError
        ├── BadRequest     a refusal all the same
        ├── NotSent        no connection was made, or the platform is not at work: nothing left us
        ├── AnswerLost     the request left and no readable answer came
        ├── RateLimited    429
        ├── TooLarge       413
        └── ServerFailed   5xx

Whoever asks for NetworkError must ask for BadRequest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from broadcaster.contract import (
    REST,
    Deferred,
    Outcome,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)

_LONGEST_DETAIL = 200


class NotSent(NetworkError):
    """No connection was made, or a mere question was not answered: nothing left us."""


class AnswerLost(NetworkError):
    """The request left and no readable answer came: it may have been carried out."""


class RateLimited(NetworkError):
    """The platform asks for a pause of `seconds`.

    It stands in for python-telegram-bot's RetryAfter, whose making warns of a change to come.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__("too many requests")
        self.seconds = seconds


class TooLarge(NetworkError):
    """The request is larger than the server reads."""


class ServerFailed(NetworkError):
    """The platform answered that it has failed."""


class Unreadable(TelegramError):
    """An attachment's file cannot be read here; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`words` in a refusal, in any case of letters, mean this `outcome` for this `reason`."""

    words: str
    outcome: type[Unreachable | Rejected | Deferred]
    reason: Reason


FORBIDDEN = (
    Rule("bot was blocked by the user", Unreachable, Reason.BLOCKED),
    Rule("user is deactivated", Unreachable, Reason.DEACTIVATED),
    Rule("can't initiate conversation with a user", Unreachable, Reason.NO_PERMISSION),
    Rule("bot was kicked from", Unreachable, Reason.DESTINATION_LOST),
    Rule("bot is not a member of", Unreachable, Reason.DESTINATION_LOST),
    Rule("the group chat was deleted", Unreachable, Reason.DESTINATION_LOST),
    Rule("", Unreachable, Reason.DESTINATION_LOST),
)
"""403, first match wins (tdlib/telegram-bot-api, Client.cpp)."""

BAD_REQUEST = (
    Rule("chat not found", Unreachable, Reason.NOT_FOUND),
    Rule("PEER_ID_INVALID", Unreachable, Reason.NOT_FOUND),
    Rule("USER_ID_INVALID", Unreachable, Reason.NOT_FOUND),
    Rule("not enough rights", Unreachable, Reason.DESTINATION_LOST),
    Rule("need administrator rights", Unreachable, Reason.DESTINATION_LOST),
    Rule("CHAT_WRITE_FORBIDDEN", Unreachable, Reason.DESTINATION_LOST),
    Rule("failed to get HTTP URL content", Deferred, Reason.SERVER_ERROR),
    Rule("file is too big", Rejected, Reason.TOO_LARGE),
    Rule("bytes is too big", Rejected, Reason.TOO_LARGE),
    Rule("", Rejected, Reason.CONTENT),
)
"""400, first match wins (tdlib/telegram-bot-api, Client.cpp; tdlib/td, MessageContent.cpp)."""

HANDLE_REFUSED = (
    "wrong remote file identifier",
    "wrong file identifier",
    "remote file identifier must be",
    "wrong file_id",
    "can't use file of type",
    "FILE_REFERENCE_",
)
"""400 that says a file_id is of no use (tdlib/td, FileManager.cpp, MessagesManager.cpp)."""

PHOTO_REFUSED = (
    "PHOTO_INVALID_DIMENSIONS",
    "PHOTO_SAVE_FILE_INVALID",
    "IMAGE_PROCESS_FAILED",
    "photo has unsupported extension",
    "is too big for a photo",
)
"""400 that says a picture cannot be a photo, though it may be a document (tdlib/td)."""


def says(error: TelegramError, phrases: Sequence[str]) -> bool:
    """Whether the refusal has any of these words; python-telegram-bot changes their case."""
    told = error.message.casefold()
    return any(phrase.casefold() in told for phrase in phrases)


def outcome_of(error: TelegramError, parts: tuple[Part, ...]) -> Outcome:  # noqa: PLR0911 one table
    """What became of a copy that met this error after `parts` had been accepted."""
    detail = error.message[:_LONGEST_DETAIL]
    match error:
        case RateLimited():
            wait = error.seconds
            return Deferred(Reason.RATE_LIMITED, wait, parts, Scope.CHANNEL, detail)
        case AnswerLost():
            return Unconfirmed(detail, parts)
        case NotSent():
            return Deferred(Reason.CONNECTION, REST, parts, Scope.CHANNEL, detail)
        case TooLarge():
            return Rejected(Reason.TOO_LARGE, detail, parts)
        case InvalidToken():
            return Deferred(Reason.CREDENTIALS, None, parts, Scope.CHANNEL, detail)
        case Conflict():
            return Deferred(Reason.NEEDS_PERSON, None, parts, Scope.CHANNEL, detail)
        case Unreadable():
            return Rejected(Reason.CONTENT, detail, parts)
        case Forbidden():
            return _by_words(FORBIDDEN, error, parts)
        case BadRequest():
            return _by_words(BAD_REQUEST, error, parts)
        case _:
            # ServerFailed, and answers that are neither a success nor a refusal we know.
            return Deferred(Reason.SERVER_ERROR, parts=parts, detail=detail)


def _by_words(rules: Sequence[Rule], error: TelegramError, parts: tuple[Part, ...]) -> Outcome:
    rule = next(rule for rule in rules if says(error, [rule.words]))
    detail = error.message[:_LONGEST_DETAIL]
    return rule.outcome(reason=rule.reason, detail=detail, parts=parts)
