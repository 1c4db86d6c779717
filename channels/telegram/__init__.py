"""Telegram: private chats, groups and channels through the Bot API."""

from channels.telegram.channel import Telegram
from channels.telegram.plan import requests_for

adapter = Telegram

__all__ = ["Telegram", "adapter", "requests_for"]
