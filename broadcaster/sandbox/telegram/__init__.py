"""A local Telegram: the Bot API over HTTP, strict about every parameter."""

from broadcaster.sandbox.telegram.server import TelegramSandbox

__all__ = ["TelegramSandbox"]
