"""VK in the shared suite."""

from __future__ import annotations

from broadcaster.contract import (
    Accepted,
    Deferred,
    Reason,
    Rejected,
    Scope,
    Secret,
    Turnstile,
    Unconfirmed,
    Unreachable,
    Uploads,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.garbage import BODIES
from broadcaster.sandbox.phone import Platform
from broadcaster.sandbox.vk import VkSandbox
from channels.vk import Vk
from channels.vk.channel import VkConfig
from tests.contract.row import Row, Trouble

TOKEN = "vk1.a.community-Tq83"
USER_TOKEN = "vk1.a.administrator-Xw20"
GROUP = 777


def sandbox() -> VkSandbox:
    return VkSandbox(token=TOKEN, user_token=USER_TOKEN, group_id=GROUP)


def channel(platform: Platform, turnstile: Turnstile, uploads: Uploads, patience: float) -> Vk:
    config = VkConfig(
        token=Secret(TOKEN),
        group_id=GROUP,
        user_token=Secret(USER_TOKEN),
        base_url=platform.base_url,
        timeout=patience,
    )
    return Vk(config, turnstile=turnstile, uploads=uploads)


row = Row(
    name="vk",
    platform=sandbox,
    channel=channel,
    address="5001",
    another="2000000007",
    max_text=9000,
    secrets=(TOKEN, USER_TOKEN),
    spellings={
        " 123 ": "123",
        "id123": "123",
        "https://vk.com/id123": "123",
        "m.vk.com/id123": "123",
        "2000000005": "2000000005",
        "wall-777": "wall-777",
        "wall:-777": "wall-777",
        "-777": "wall-777",
        "https://vk.ru/club777": "wall-777",
        "https://vk.com/public777/": "wall-777",
    },
    shared=frozenset({"2000000005", "wall-777"}),
    junk=("durov", "https://vk.com/durov", "0", "id0", "-0", "2000000000", "12a", "+7 900 1", "١٢"),
    troubles=(
        Trouble(
            fault=Fault(FaultKind.RATE_LIMIT),
            outcome=Deferred,
            reason=Reason.RATE_LIMITED,
            scope=Scope.CHANNEL,
            retry_after=1.0,
            holds=True,
        ),
        Trouble(fault=Fault(FaultKind.SERVER_ERROR), outcome=Deferred, reason=Reason.SERVER_ERROR),
        Trouble(
            fault=Fault(FaultKind.SERVER_ERROR, detail="502"),
            outcome=Deferred,
            reason=Reason.SERVER_ERROR,
        ),
        Trouble(fault=Fault(FaultKind.SERVER_ERROR, detail="504"), outcome=Unconfirmed),
        Trouble(fault=Fault(FaultKind.SERVER_ERROR, detail="36"), outcome=Unconfirmed),
        Trouble(
            fault=Fault(FaultKind.SERVER_ERROR, detail="14"),
            outcome=Deferred,
            reason=Reason.NEEDS_PERSON,
            scope=Scope.CHANNEL,
        ),
        Trouble(fault=Fault(FaultKind.BLOCKED), outcome=Unreachable, reason=Reason.NO_PERMISSION),
        Trouble(
            fault=Fault(FaultKind.BLOCKED, detail="900"),
            outcome=Unreachable,
            reason=Reason.BLOCKED,
        ),
        Trouble(fault=Fault(FaultKind.GONE), outcome=Unreachable, reason=Reason.DEACTIVATED),
        Trouble(
            fault=Fault(FaultKind.GONE, detail="936"),
            outcome=Unreachable,
            reason=Reason.NOT_FOUND,
        ),
        Trouble(
            fault=Fault(FaultKind.LOST),
            outcome=Unreachable,
            reason=Reason.DESTINATION_LOST,
            address="2000000007",
        ),
        Trouble(
            fault=Fault(FaultKind.LOST, method="wall.post"),
            outcome=Unreachable,
            reason=Reason.DESTINATION_LOST,
            address=f"wall-{GROUP}",
        ),
        Trouble(
            fault=Fault(FaultKind.BAD_TOKEN),
            outcome=Deferred,
            reason=Reason.CREDENTIALS,
            scope=Scope.CHANNEL,
        ),
        Trouble(fault=Fault(FaultKind.DEFER), outcome=Deferred, reason=Reason.QUOTA),
        Trouble(
            fault=Fault(FaultKind.DEFER, detail="29"),
            outcome=Deferred,
            reason=Reason.QUOTA,
            scope=Scope.CHANNEL,
        ),
        Trouble(fault=Fault(FaultKind.CONTENT), outcome=Rejected, reason=Reason.CONTENT),
        Trouble(
            fault=Fault(FaultKind.CONTENT, detail="914"),
            outcome=Rejected,
            reason=Reason.TOO_LARGE,
        ),
        Trouble(fault=Fault(FaultKind.SLOW, seconds=2.0), outcome=Unconfirmed, arrives=True),
        Trouble(fault=Fault(FaultKind.DROP), outcome=Unconfirmed, arrives=True),
        Trouble(fault=Fault(FaultKind.CUT), outcome=Unconfirmed),
        *(
            Trouble(fault=Fault(FaultKind.GARBAGE, detail=sort), outcome=Unconfirmed, arrives=True)
            for sort in (*BODIES, "truncated", "endless")
        ),
        Trouble(fault=Fault(FaultKind.GARBAGE, detail="plain"), outcome=Accepted, arrives=True),
    ),
    absent={FaultKind.MIGRATED: "a chat or wall on VK keeps its number for ever"},
)
