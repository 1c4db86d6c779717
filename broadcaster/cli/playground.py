"""The sandbox platforms with the tokens that the demo and `sandbox` use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from broadcaster.cli.processes import Terminated
from broadcaster.playground import COMMUNITY, TOKENS
from broadcaster.sandbox.phone import Shown

if TYPE_CHECKING:
    from broadcaster.sandbox.mail import MailSandbox
    from broadcaster.sandbox.server import Sandbox
    from broadcaster.sandbox.telegram import TelegramSandbox
    from broadcaster.sandbox.vk import VkSandbox

CHANNELS = """\
channels:
  telegram:
    enabled: true
    base_url: {telegram}
  vk:
    enabled: true
    group_id: {community}
    base_url: {vk}
  email:
    enabled: true
    host: 127.0.0.1
    port: {mail_port}
    security: none
    sender: school@school.example
"""


@dataclass(frozen=True, slots=True)
class Playground:
    """Running platforms: where they listen, and what has arrived."""

    sandbox: Sandbox
    telegram: TelegramSandbox
    vk: VkSandbox
    mail: MailSandbox

    @property
    def addresses(self) -> dict[str, str]:
        """Where each platform and the page of phones listen."""
        return {
            "telegram": self.telegram.base_url,
            "vk": self.vk.base_url,
            "email": self.mail.base_url,
            "phones": self.sandbox.base_url,
        }

    @property
    def channels(self) -> str:
        """The block of YAML that points the channels here."""
        return CHANNELS.format(
            telegram=self.telegram.base_url,
            vk=self.vk.base_url,
            community=COMMUNITY,
            mail_port=self.mail.base_url.rpartition(":")[2],
        )

    def shown(self) -> list[Shown]:
        """Everything that has arrived anywhere."""
        return list(self.sandbox.shown())


@contextmanager
def playground(*, page_port: int = 0, faults: Path | None = None) -> Iterator[Playground]:
    """Run the platforms in a thread until the block ends; raises what a bad fault file raises."""
    # Servers are slow to import, and every command would wait for them.
    from broadcaster.sandbox.mail import MailSandbox  # noqa: PLC0415
    from broadcaster.sandbox.server import Sandbox, run_in_thread  # noqa: PLC0415
    from broadcaster.sandbox.telegram import TelegramSandbox  # noqa: PLC0415
    from broadcaster.sandbox.vk import VkSandbox  # noqa: PLC0415

    telegram = TelegramSandbox(TOKENS["TELEGRAM_TOKEN"])
    vk = VkSandbox(
        token=TOKENS["VK_TOKEN"],
        user_token=TOKENS["VK_USER_TOKEN"],
        group_id=COMMUNITY,
    )
    mail = MailSandbox()
    sandbox = Sandbox([telegram, vk, mail], port=page_port)
    if faults:
        sandbox.load_faults(faults)
    with run_in_thread(sandbox):
        yield Playground(sandbox, telegram, vk, mail)


def stay() -> None:
    """Wait for Ctrl-C, which goes on to the caller, or for SIGTERM, which ends the waiting."""
    with suppress(Terminated):
        while True:
            time.sleep(3600)
