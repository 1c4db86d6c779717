"""No connection comes about: names that nobody knows, certificates that nobody should trust."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.faults.installation import Installation
from tests.faults.parts import until
from tests.faults.scene import Stage, scene
from tests.faults.school_file import laid_over
from tests.faults.strangers import ELSEWHERE, EXPIRED, SIGNED_BY_ITSELF, strangers

CHANNELS = ("telegram", "vk", "email")
BRIEF = {name: {"timeout": 2.0} for name in CHANNELS}
TRIED = 3.0
"""Seconds for which every channel tries in vain."""
CERTIFICATES = (
    ("an expired certificate", EXPIRED),
    ("a certificate of another host", ELSEWHERE),
    ("a certificate signed by itself", SIGNED_BY_ITSELF),
)
BY_HAND = "a person opens e-mail, which waits for one; Telegram and VK go on by themselves"
BY_ITSELF = "everything goes on by itself; e-mail rests for half a minute between tries"


@scene("certificates that are not to be trusted", weight=35)
def certificates(stage: Stage) -> None:
    """Expired, of another host, signed by nobody; and a server that speaks no TLS at all."""
    with trusting(stage) as school:
        groups = enrolled(school, stage)
        for words, certificate in CERTIFICATES[: stage.times(3, 1)]:
            with strangers(certificate) as there:
                wrong = pointed_at(there.addresses(), security="starttls", trust=school)
                broken(stage, school, groups, f"TLS: {words}", wrong, by_hand=True)
                if there.received():
                    raise AssertionError(f"{words}: something was sent")
        plain = school.platforms.ask("addresses")
        https = {**plain, **{name: secure(plain[name]) for name in ("telegram", "vk")}}
        wrong = pointed_at(https, security="starttls", trust=school)
        broken(stage, school, groups, "TLS: a server that speaks none", wrong, by_hand=True)


@scene("a name that nobody knows", weight=60)
def names(stage: Stage) -> None:
    """The name servers are away, so to speak: every host is one under .invalid."""
    with trusting(stage) as school:
        groups = enrolled(school, stage)
        nobody = {
            "telegram": "https://telegram.invalid",
            "vk": "https://vk.invalid",
            "email": "mail.invalid:587",
        }
        wrong = pointed_at(nobody, security="none", trust=school)
        broken(stage, school, groups, "DNS: no host has an address", wrong, by_hand=False)


def broken(
    stage: Stage,
    school: Installation,
    groups: list[str],
    words: str,
    wrong: Mapping[str, Any],
    *,
    by_hand: bool,
) -> None:
    """One row: a release while no connection comes about, until the settings are right again."""
    before = school.arrivals()
    write(school, laid_over(school.settings, wrong))
    release = school.release(*groups, personal=False)
    school.waited(TRIED)
    if by_hand:
        until(lambda: paused(school), "e-mail waits for a person", meanwhile=school.tend)
    also = ["something arrived"] if school.arrivals() != before else []
    write(school, school.settings)
    for channel in paused(school):
        school.broadcaster("open", channel)
    remark = BY_HAND if by_hand else BY_ITSELF
    stage.close(school, words, 1, release, also=also, remark=remark)


def paused(school: Installation) -> list[str]:
    """The channels that wait for a person."""
    return [channel for channel, (shut, *_) in school.clerk.ask("gates").items() if shut]


def pointed_at(
    addresses: Mapping[str, str], *, security: str, trust: Installation
) -> dict[str, Any]:
    """Settings that point the channels at these addresses."""
    host, _, port = addresses["email"].rpartition(":")
    bundle = str(trusted(trust))
    mail = {"host": host, "port": int(port), "security": security, "ca_file": bundle}
    http = {name: {"base_url": addresses[name]} for name in ("telegram", "vk")}
    return {"channels": {**http, "email": mail}}


def secure(address: str) -> str:
    """The same server, asked for TLS."""
    return address.replace("http://", "https://")


def trusted(school: Installation) -> Path:
    """Whom the workers trust: the signers of the certificates that have another fault."""
    file = school.home / "trusted.pem"
    if not file.exists():
        file.write_text(EXPIRED.read_text("ascii") + ELSEWHERE.read_text("ascii"), "ascii")
    return file


@contextmanager
def trusting(stage: Stage) -> Iterator[Installation]:
    """An installation whose workers trust `trusted`, and give up soon."""
    with stage.installation(started=False, settings={"channels": BRIEF}) as school:
        bundle = str(trusted(school))
        environment = {"SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle}
        school.start(**environment)
        yield school


def enrolled(school: Installation, stage: Stage) -> list[str]:
    """A group a channel."""
    return [school.enrol(channel, stage.times(40, 15)) for channel in CHANNELS]


def write(school: Installation, settings: Mapping[str, Any]) -> None:
    """Write the school's file, and wait until no worker goes by the old one."""
    draft = school.home / "school.draft"
    draft.write_text(yaml.safe_dump(dict(settings), allow_unicode=True), "utf-8")
    draft.rename(school.home / "school.yaml")
    school.waited(1.5)
