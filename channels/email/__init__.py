"""E-mail through the school's own SMTP account or relay."""

from channels.email.channel import Email
from channels.email.config import EmailConfig, Security
from channels.email.plain import send_plain

__all__ = ["Email", "EmailConfig", "Security", "adapter", "send_plain"]

adapter = Email
