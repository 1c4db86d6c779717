"""The block of YAML that describes one SMTP account."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from broadcaster.contract import Between, InvalidAddress, Secret
from channels.email.address import normalise


class Security(StrEnum):
    """How a connection is encrypted: after a plain greeting, from the first byte, not at all."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailConfig:
    """One SMTP account and the name it writes under; raises ValueError when it cannot work.

    `helo` is the name we greet with, the sender's domain by default. `bounce` receives delivery
    reports, the sender by default. `ca_file` names a PEM file with the authority that signed the
    server's certificate when the system does not know it. `timeout` is in seconds and bounds the
    wait for any one answer. `dkim_key` is an RSA key in PEM; leave it empty where the relay signs.
    """

    host: str
    sender: str
    port: Annotated[int, Between(1, 65_535)] = 587
    security: Security = Security.STARTTLS
    ca_file: str = ""
    username: str = ""
    password: Secret = Secret("")  # noqa: RUF009 - it cannot be changed
    sender_name: str = ""
    reply_to: str = ""
    bounce: str = ""
    connections: Annotated[int, Between(1, 256)] = 8
    messages_per_connection: Annotated[int, Between(1, 1_000_000)] = 1000
    timeout: Annotated[float, Between(0.1, 3600)] = 60.0
    helo: str = ""
    list_id: str = ""
    dkim_selector: str = ""
    dkim_domain: str = ""
    dkim_key: Secret = Secret("")  # noqa: RUF009 - it cannot be changed

    def __post_init__(self) -> None:
        for field in ("sender", "reply_to", "bounce"):
            self._spell(field)
        if not self.sender:
            raise ValueError("email: sender is missing")
        if self.dkim_key and not self.dkim_selector:
            raise ValueError("email: dkim_key needs dkim_selector")

    def _spell(self, field: str) -> None:
        """Bring one of our own addresses into the form the wire wants."""
        raw = getattr(self, field)
        try:
            object.__setattr__(self, field, normalise(raw) if raw else "")
        except InvalidAddress as error:
            raise ValueError(f"email: {field}: {error}") from error

    @property
    def domain(self) -> str:
        """The sender's domain, which Message-ID and DKIM are under."""
        return self.sender.rpartition("@")[2]

    @property
    def greeting(self) -> str:
        """The name we greet the server with."""
        return self.helo or self.domain

    @property
    def return_path(self) -> str:
        """The envelope's sender, where delivery reports go."""
        return self.bounce or self.sender
