"""Telegram in the shared suite."""

from __future__ import annotations

from broadcaster.contract import (
    Accepted,
    Channel,
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
from broadcaster.sandbox.telegram import TelegramSandbox
from channels.telegram import Telegram
from tests.contract.row import Row, Trouble

TOKEN = "4815162342:AAtoken-that-must-never-print"


def channel(platform: Platform, turnstile: Turnstile, uploads: Uploads, patience: float) -> Channel:
    config = Telegram.Config(token=Secret(TOKEN), base_url=platform.base_url, timeout=patience)
    return Telegram(config, turnstile=turnstile, uploads=uploads)


row = Row(
    name="telegram",
    platform=lambda: TelegramSandbox(TOKEN),
    channel=channel,
    address="1000000001",
    another="-1001000000002",
    max_text=4096,
    secrets=(TOKEN,),
    spellings={
        " 1000000001 ": "1000000001",
        "007": "7",
        "\N{MINUS SIGN}1001000000002": "-1001000000002",
        " @School_News ": "@school_news",
        "https://t.me/school_news": "@school_news",
        "t.me/school_news/42": "@school_news",
        "https://t.me/s/school_news?before=7": "@school_news",
        "https://telegram.me/School_News/": "@school_news",
        "https://t.me/c/1000000002/15": "-1001000000002",
    },
    shared=frozenset({"-1001000000002", "@school_news"}),
    junk=(
        "0",
        "-",
        "@",
        "@abc",
        "@имя",
        "Иванова",
        "school_news",
        "+79001234567",
        "12 34",
        "99999999999999999999",
        "https://t.me/+AbCdEf",
        "https://t.me/joinchat/AbCdEf",
        "https://example.org/school_news",
        "mail@example.org",
    ),
    troubles=(
        Trouble(
            fault=Fault(FaultKind.RATE_LIMIT, seconds=3),
            outcome=Deferred,
            reason=Reason.RATE_LIMITED,
            scope=Scope.CHANNEL,
            retry_after=3.0,
            holds=True,
        ),
        Trouble(
            fault=Fault(FaultKind.DEFER, seconds=1800),
            outcome=Deferred,
            reason=Reason.RATE_LIMITED,
            scope=Scope.CHANNEL,
            retry_after=1800.0,
            holds=True,
        ),
        Trouble(fault=Fault(FaultKind.SERVER_ERROR), outcome=Deferred, reason=Reason.SERVER_ERROR),
        Trouble(fault=Fault(FaultKind.BLOCKED), outcome=Unreachable, reason=Reason.BLOCKED),
        Trouble(fault=Fault(FaultKind.GONE), outcome=Unreachable, reason=Reason.NOT_FOUND),
        Trouble(
            fault=Fault(FaultKind.GONE, detail="deactivated"),
            outcome=Unreachable,
            reason=Reason.DEACTIVATED,
        ),
        Trouble(fault=Fault(FaultKind.SLOW, seconds=5), outcome=Unconfirmed, arrives=True),
        Trouble(fault=Fault(FaultKind.DROP), outcome=Unconfirmed, arrives=True),
        Trouble(fault=Fault(FaultKind.CUT), outcome=Unconfirmed),
        *(
            Trouble(fault=Fault(FaultKind.GARBAGE, detail=sort), outcome=Unconfirmed, arrives=True)
            for sort in (*BODIES, "truncated", "endless")
        ),
        Trouble(fault=Fault(FaultKind.GARBAGE, detail="plain"), outcome=Accepted, arrives=True),
        Trouble(
            fault=Fault(FaultKind.BAD_TOKEN),
            outcome=Deferred,
            reason=Reason.CREDENTIALS,
            scope=Scope.CHANNEL,
        ),
        Trouble(
            fault=Fault(FaultKind.MIGRATED, address="-4004", detail="-1004004"),
            outcome=Accepted,
            address="-4004",
            moved_to="-1004004",
            arrives=True,
        ),
        Trouble(fault=Fault(FaultKind.CONTENT), outcome=Rejected, reason=Reason.CONTENT),
        Trouble(
            fault=Fault(FaultKind.LOST, address="-1001000000002"),
            outcome=Unreachable,
            reason=Reason.DESTINATION_LOST,
            address="-1001000000002",
        ),
    ),
    absent={},
)
