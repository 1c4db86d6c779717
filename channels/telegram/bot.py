"""python-telegram-bot's Bot, but for what it tells of itself and how it takes odd answers."""

from __future__ import annotations

import telegram

from channels.telegram.errors import AnswerLost


class Bot(telegram.Bot):
    """Keeps the token out of its repr."""

    def __repr__(self) -> str:
        return "Bot(***)"

    async def who(self) -> telegram.User:
        """The bot's own account; raises TelegramError, AnswerLost too where it names nobody."""
        try:
            return await self.get_me()
        except (KeyError, TypeError, ValueError):
            raise AnswerLost("the answer could not be read") from None
