"""The channel itself: what it can do, sending a batch, checking its health."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from typing import ClassVar, Self

from telegram.error import InvalidToken, TelegramError

from broadcaster.contract import (
    Capability,
    Crew,
    DataClass,
    Envelope,
    Health,
    Held,
    Markup,
    Outcome,
    Traits,
    Turnstile,
    Uploads,
)
from channels.telegram.address import is_shared, normalise
from channels.telegram.bot import Bot
from channels.telegram.config import TelegramConfig
from channels.telegram.errors import NotSent
from channels.telegram.files import Files
from channels.telegram.plan import PHOTO_BYTES
from channels.telegram.request import AiohttpRequest
from channels.telegram.sender import Sender

_NO_TOKEN = "unset"  # noqa: S105 stands where the school gave none; the platform refuses it


class Telegram:
    """Private chats, groups and channels of one bot."""

    name: ClassVar[str] = "telegram"
    traits: ClassVar[Traits] = Traits(
        markup=Markup.TELEGRAM,
        data_class=DataClass.PERSONAL,
        capabilities=frozenset(Capability),
        max_text=4096,
        max_caption=1024,
        utf16=True,
        max_attachment=50_000_000,
        max_photo=PHOTO_BYTES,
        repeatable=False,
    )
    Config: ClassVar[type[TelegramConfig]] = TelegramConfig

    def __init__(self, config: TelegramConfig, *, turnstile: Turnstile, uploads: Uploads) -> None:
        _hush()
        self._config = config
        self._turnstile = turnstile
        self._request = AiohttpRequest(
            config.token,
            timeout=config.timeout,
            connections=config.concurrency,
            proxy=config.proxy,
        )
        self._bot = Bot(
            config.token.reveal() or _NO_TOKEN,
            base_url=f"{config.base_url.rstrip('/')}/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        sender = Sender(self._bot, turnstile, Files(uploads), paid=config.paid_broadcast)
        self._crew = Crew(sender.deliver, concurrency=config.concurrency)

    @staticmethod
    def normalise(raw: str) -> str:
        """`123456789`, `-1001234567890` or `@channelname`; raises InvalidAddress."""
        return normalise(raw)

    @staticmethod
    def is_shared(address: str) -> bool:
        """Whether it is a group or a channel: a bot cannot write to a person's @name."""
        return is_shared(address)

    async def __aenter__(self) -> Self:
        # Not the bot's own initialize: it asks getMe, and a refusal must not stop the start.
        await self._request.initialize()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._request.shutdown()

    def send(self, batch: Sequence[Envelope]) -> AsyncIterator[tuple[Envelope, Outcome]]:
        """Yield each envelope once with what became of it, as soon as that is known."""
        return self._crew.each(batch)

    async def check(self) -> Health:
        """Ask the platform who the bot is."""
        try:
            await self._turnstile([])
            me = await self._bot.who()
        except Held:
            return Health(ok=False, problem="the channel is held back; ask again later")
        except TelegramError as error:
            return Health(ok=False, problem=_advice(error))
        return Health(ok=True, account=f"@{me.username}")


def _advice(error: TelegramError) -> str:
    match error:
        case InvalidToken():
            return "Telegram refuses the token: take the current one from @BotFather"
        case NotSent():
            return (
                f"no connection to the Bot API ({error.message}): check the network or set a proxy"
            )
        case _:
            return error.message


def _hush() -> None:
    """Keep python-telegram-bot's debug log shut: it writes down tokens, addresses and texts."""
    logging.getLogger("telegram.Bot").addFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False
