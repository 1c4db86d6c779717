"""Telegram: private chats, groups and channels through the Bot API."""

from channels.telegram.channel import Telegram

adapter = Telegram

__all__ = ["Telegram", "adapter"]
