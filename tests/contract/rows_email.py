"""E-mail in the shared suite."""

from __future__ import annotations

from broadcaster.contract import (
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
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.mail.troubles import GARBAGE
from broadcaster.sandbox.phone import Platform
from channels.email import Email, EmailConfig, Security
from tests.contract.row import Ability, Row, Trouble

USERNAME, PASSWORD = "school@school5.example", "parol-ne-skazhu-71"


def sandbox() -> MailSandbox:
    return MailSandbox(username=USERNAME, password=PASSWORD)


def channel(platform: Platform, turnstile: Turnstile, uploads: Uploads, patience: float) -> Email:
    host, _, port = platform.base_url.partition(":")
    config = EmailConfig(
        host=host,
        port=int(port),
        security=Security.NONE,
        username=USERNAME,
        password=Secret(PASSWORD),
        sender="news@school5.example",
        sender_name="Школа № 5",
        timeout=patience,
        connections=3,
    )
    return Email(config, turnstile=turnstile, uploads=uploads)


row = Row(
    name="email",
    platform=sandbox,
    channel=channel,
    address="mama@mail.example",
    another="papa@xn--80a1acny.xn--p1ai",
    max_text=100_000,
    secrets=(PASSWORD,),
    spellings={
        " Mama@MAIL.Example ": "mama@mail.example",
        "papa@почта.рф": "papa@xn--80a1acny.xn--p1ai",
        "o'neil+school@mail.example": "o'neil+school@mail.example",
    },
    junk=(
        "mama",
        "@mail.example",
        "mama@",
        "mama@mail",
        "mama@mail..example",
        "мама@mail.example",
        "mama@mail.example, papa@mail.example",
        "mama@mail.example\nBcc: all@mail.example",
        "Mama <mama@mail.example>",
        "ma ma@mail.example",
        ".mama@mail.example",
        "mama@-mail.example",
        "mama@127.0.0.1",
        "mama@[127.0.0.1]",
        f"{'m' * 65}@mail.example",
        f"mama@{'m' * 64}.example",
        "mama@mail.example>",
    ),
    troubles=(
        Trouble(
            fault=Fault(FaultKind.RATE_LIMIT),
            outcome=Deferred,
            reason=Reason.RATE_LIMITED,
            scope=Scope.CHANNEL,
            retry_after=60.0,
            holds=True,
        ),
        Trouble(
            fault=Fault(FaultKind.RATE_LIMIT, detail="421"),
            outcome=Deferred,
            reason=Reason.RATE_LIMITED,
            scope=Scope.CHANNEL,
            retry_after=60.0,
            holds=True,
        ),
        Trouble(fault=Fault(FaultKind.SERVER_ERROR), outcome=Deferred, reason=Reason.SERVER_ERROR),
        Trouble(
            fault=Fault(FaultKind.SERVER_ERROR, detail="421"),
            outcome=Deferred,
            reason=Reason.SERVER_ERROR,
        ),
        Trouble(fault=Fault(FaultKind.BLOCKED), outcome=Unreachable, reason=Reason.DEACTIVATED),
        Trouble(
            fault=Fault(FaultKind.BLOCKED, detail="policy"),
            outcome=Rejected,
            reason=Reason.POLICY,
        ),
        Trouble(fault=Fault(FaultKind.GONE), outcome=Unreachable, reason=Reason.NOT_FOUND),
        Trouble(
            fault=Fault(FaultKind.GONE, detail="plain"),
            outcome=Unreachable,
            reason=Reason.NOT_FOUND,
        ),
        Trouble(
            fault=Fault(FaultKind.GONE, detail="vague"), outcome=Rejected, reason=Reason.CONTENT
        ),
        Trouble(
            fault=Fault(FaultKind.DEFER),
            outcome=Deferred,
            reason=Reason.GREYLISTED,
            retry_after=300.0,
        ),
        Trouble(
            fault=Fault(FaultKind.DEFER, detail="full"),
            outcome=Deferred,
            reason=Reason.MAILBOX_FULL,
            retry_after=4 * 3600.0,
        ),
        Trouble(
            fault=Fault(FaultKind.DEFER, detail="over"),
            outcome=Deferred,
            reason=Reason.MAILBOX_FULL,
            retry_after=4 * 3600.0,
        ),
        Trouble(
            fault=Fault(FaultKind.DEFER, detail="quota"),
            outcome=Deferred,
            reason=Reason.QUOTA,
            scope=Scope.CHANNEL,
            retry_after=24 * 3600.0,
            holds=True,
        ),
        Trouble(fault=Fault(FaultKind.CONTENT), outcome=Rejected, reason=Reason.CONTENT),
        Trouble(
            fault=Fault(FaultKind.CONTENT, detail="spam"),
            outcome=Rejected,
            reason=Reason.POLICY,
        ),
        Trouble(
            fault=Fault(FaultKind.CONTENT, detail="large"),
            outcome=Rejected,
            reason=Reason.TOO_LARGE,
        ),
        Trouble(
            fault=Fault(FaultKind.BAD_TOKEN, times=None),
            outcome=Deferred,
            reason=Reason.CREDENTIALS,
            scope=Scope.CHANNEL,
        ),
        Trouble(fault=Fault(FaultKind.SLOW, seconds=2.0), outcome=Unconfirmed, arrives=True),
        Trouble(fault=Fault(FaultKind.DROP), outcome=Unconfirmed, arrives=True),
        Trouble(fault=Fault(FaultKind.CUT), outcome=Unconfirmed),
        *(
            Trouble(fault=Fault(FaultKind.GARBAGE, detail=sort), outcome=Unconfirmed, arrives=True)
            for sort in GARBAGE
        ),
    ),
    absent={
        FaultKind.MIGRATED: "a mailbox keeps its address",
        FaultKind.LOST: "mail has no groups that one can be thrown out of",
        Ability.PARTS: "a mail is one message however long",
        Ability.QUESTION: "the server answers for itself at each step before it is given the text",
    },
)
