"""E-mail through the school's own SMTP account or relay."""

from channels.email.channel import Email
from channels.email.config import EmailConfig, Security

__all__ = ["Email", "EmailConfig", "Security", "adapter"]

adapter = Email
