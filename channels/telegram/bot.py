"""python-telegram-bot's Bot, but for what it tells of itself and how it takes odd answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import telegram

from channels.telegram.errors import AnswerLost


@contextmanager
def understood() -> Iterator[None]:
    """Turn what python-telegram-bot raises for an answer of an unexpected shape into AnswerLost."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise AnswerLost("the answer could not be read") from None


class Bot(telegram.Bot):
    """Keeps the token out of its repr."""

    def __repr__(self) -> str:
        return "Bot(***)"

    async def who(self) -> telegram.User:
        """The bot's own account; raises TelegramError, AnswerLost too where it names nobody."""
        with understood():
            return await self.get_me()
