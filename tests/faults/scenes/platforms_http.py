"""Telegram and VK misbehave: they limit, fail, fall silent, talk nonsense, cut the line."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.faults.installation import Installation, Release
from tests.faults.parts import until
from tests.faults.scene import Stage, scene

CHANNELS = ("telegram", "vk")
SORTS = ("", "empty", "list", "null", "page", "truncated", "endless")
"""Kinds of nonsense over HTTP; `broadcaster.sandbox.garbage` makes them."""

BUNDLE = 25
"""Copies that one request to VK carries, when each speaks to its reader by name."""
REQUESTS: Mapping[str, int] = {"telegram": 16, "vk": 4}
"""Requests under way at once, from config/default.yaml."""
MESSAGES: Mapping[str, str] = {"telegram": "sendMessage", "vk": "execute"}
"""The requests that carry them: where the answer to a mere question breaks, none is sent."""

BRIEF = {"timeout": 1.0}
PATIENT = {"channels": {"telegram": BRIEF, "vk": BRIEF}}
"""A client that gives up after a second, so that nobody need wait twenty for it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What a platform does wrong `times` times: a FaultKind, and what else Fault takes."""

    words: str
    kind: str
    times: int
    about: Mapping[str, Any]

    def doubtful(self, channel: str) -> int:
        """How many copies nobody can know of afterwards, at most: those in the broken requests."""
        return self.times * (BUNDLE if channel == "vk" else 1)


def garbage(sort: str) -> Broken:
    """An answer of this sort, once."""
    return Broken(sort or "text", "garbage", 1, {"detail": sort})


LATE = Broken("answers after the client's timeout", "slow", 3, {"seconds": 2.5})
DROPPED = Broken("connection dropped after the body, delivered", "drop", 3, {})
CUT = Broken("connection dropped after the body, not delivered", "cut", 3, {})


@scene("answers that come late, never, or as nonsense", weight=35)
def answers(stage: Stage) -> None:
    """A platform took the message, or did not, and the answer does not tell."""
    sorts = SORTS[-2:] if stage.quick else SORTS
    with stage.installation(settings=PATIENT) as school:
        school.enrol("telegram", stage.times(60, 30))
        school.enrol("vk", stage.times(250, 120))  # more than the broken requests carry
        for channel in CHANNELS:
            for one in (LATE, DROPPED, CUT):
                tried(stage, school, channel, [one], one.words)
            nonsense = [garbage(sort) for sort in sorts]
            words = f"nonsense for an answer, {len(sorts)} sorts"
            tried(stage, school, channel, nonsense, words)


def tried(
    stage: Stage,
    school: Installation,
    channel: str,
    broken: Sequence[Broken],
    words: str,
) -> None:
    """One row: a release to a channel's group, during which the platform breaks these answers."""
    for one in broken:
        method = MESSAGES.get(channel, "")
        add(school, channel, one.kind, times=one.times, method=method, **one.about)
    release = let_go(school, channel)
    stage.close(
        school,
        f"{channel}: {words}",
        sum(one.times for one in broken),
        release,
        in_flight=sum(one.doubtful(channel) for one in broken),
    )
    behave(school, channel)


@scene("a storm of 429, and what we ask meanwhile", weight=20)
def storm(stage: Stage) -> None:
    """Every request is refused for a while with a wait of a second; each wait must be obeyed."""
    lasts = stage.times(5, 3)
    with stage.installation() as school:
        groups = enrolled(school, stage.times(150, 40))
        for channel in CHANNELS:
            add(school, channel, "rate_limit", times=None, seconds=1)
            before = asked(school, channel)
            release = let_go(school, groups[channel])
            school.waited(lasts)
            refused = asked(school, channel) - before
            behave(school, channel)
            most = (lasts + 1) * REQUESTS[channel]
            stage.close(
                school,
                f"{channel}: 429 for {lasts} s, each asking for a wait of 1 s",
                refused,
                release,
                also=["the wait is not obeyed"] if refused > most else [],
                remark=f"{refused} requests were refused; waits that are obeyed allow {most}",
            )


@scene("ten minutes of 5xx", weight=30)
def outage(stage: Stage) -> None:
    """The platform answers 502 for ten minutes; they, and our waits between tries, are shorter."""
    faster = stage.times(60, 200)
    waits = {"first_wait": 30 / faster, "factor": 2.0, "longest_wait": 3600 / faster, "tries": 8}
    with stage.installation(settings={"retries": waits}) as school:
        groups = enrolled(school, stage.times(60, 20))
        for channel in CHANNELS:
            add(
                school, channel, "server_error", times=None, detail="502" if channel == "vk" else ""
            )
        before = {channel: asked(school, channel) for channel in CHANNELS}
        releases = {channel: let_go(school, groups[channel]) for channel in CHANNELS}
        school.waited(600 / faster)
        failed = {channel: asked(school, channel) - before[channel] for channel in CHANNELS}
        for channel in CHANNELS:
            behave(school, channel)
        for channel in CHANNELS:
            stage.close(
                school,
                f"{channel}: 502 for ten minutes",
                failed[channel],
                releases[channel],
                remark=f"played {faster} times faster: the outage and all waits between tries",
            )


@scene("a token that is taken away in the middle", weight=25)
def token(stage: Stage) -> None:
    """The token is refused in the middle: nothing fails, a person is told and opens the channel."""
    with stage.installation(limits={"telegram": ["20/second"], "vk": ["2/second"]}) as school:
        groups = enrolled(school, stage.times(120, 80))
        for channel in CHANNELS:
            taken = came(school, channel)
            release = let_go(school, groups[channel])
            until(
                lambda c=channel, t=taken: came(school, c) > t,  # type: ignore[misc]
                "the first copies arrive",
                meanwhile=school.tend,
                every=0.02,
            )
            add(school, channel, "bad_token", times=None)
            until(partial(shut, school, channel), f"{channel} is shut", meanwhile=school.tend)
            tries = asked(school, channel)
            school.waited(2)
            also = ["a refused token is tried again"] if asked(school, channel) != tries else []
            behave(school, channel)
            school.broadcaster("open", channel)
            stage.close(
                school,
                f"{channel}: the token is refused in the middle",
                1,
                release,
                also=also,
                remark="the channel is shut and says why until a person opens it",
            )


@scene("a dead platform beside the others", weight=60, alone=True)
def dead(stage: Stage) -> None:
    """Telegram takes connections and never answers, then refuses them; the others are timed."""
    rounds = stage.times(3, 1)
    with stage.installation(limits={"vk": ["20/second"]}) as school:
        school.enrol("telegram", 100)
        others = [school.enrol("email", stage.times(1500, 400)), school.enrol("vk", 400)]
        timed(school, others)  # to warm up
        for words, kill, mend in DEATHS:
            pairs, begun = [], len(school.released)
            for _ in range(rounds):
                alive = timed(school, others)
                kill(school)
                let_go(school, "telegram")
                school.waited(1)
                pairs.append((alive, timed(school, others)))
                mend(school)
            ratios = sorted(beside / alone for alone, beside in pairs)
            middle = ratios[len(ratios) // 2]
            lost = max(beside - alone for alone, beside in pairs)
            stage.close(
                school,
                f"telegram is dead: {words}",
                rounds,
                *school.released[begun:],
                in_flight=REQUESTS["telegram"] * rounds if kill is silence else 0,
                also=["the others are slower"] if middle > 1.5 and lost > 1 else [],
                remark=f"e-mail and VK take {middle:.2f} × the time they take with it alive"
                f" ({ratios[0]:.2f}–{ratios[-1]:.2f})",
            )


def silence(school: Installation) -> None:
    """Let Telegram take every request and never answer."""
    add(school, "telegram", "cut", times=None, seconds=3600)


def refuse(school: Installation) -> None:
    """Let nobody listen at Telegram's address."""
    school.platforms.ask("close", platform="telegram")


def listen(school: Installation) -> None:
    """Let Telegram listen again."""
    school.platforms.ask("open", platform="telegram")


Act = Callable[[Installation], None]
DEATHS: Sequence[tuple[str, Act, Act]] = (
    ("it takes connections and never answers", silence, lambda one: behave(one, "telegram")),
    ("it refuses connections", refuse, listen),
)


def timed(school: Installation, groups: Sequence[str]) -> float:
    """Seconds from a release to these groups until the last copy has arrived."""
    wanted = sum(came(school, channel) for channel in groups)
    began = time.monotonic()
    release = school.release(*groups)
    wanted += len(release.copies)
    until(
        lambda: sum(came(school, channel) for channel in groups) >= wanted,
        "all copies of the others arrive",
        meanwhile=school.tend,
        every=0.05,
    )
    return time.monotonic() - began


def enrolled(school: Installation, families: int) -> dict[str, str]:
    """A group a channel."""
    return {channel: school.enrol(channel, families) for channel in CHANNELS}


def let_go(school: Installation, group: str) -> Release:
    """An announcement to a group; what speaks to people by name may not go by Telegram."""
    return school.release(group, personal=group != "telegram")


def add(school: Installation, channel: str, kind: str, **about: Any) -> None:
    """Break a platform."""
    school.platforms.ask("fault", platform=channel, kind=kind, **about)


def behave(school: Installation, channel: str) -> None:
    """Let a platform behave again."""
    school.platforms.ask("behave", platform=channel)


def asked(school: Installation, channel: str) -> int:
    """How many requests a platform has got."""
    return sum(school.platforms.ask("calls")[channel].values())


def came(school: Installation, channel: str) -> int:
    """How many messages a platform has taken."""
    return int(school.platforms.ask("count")[channel])


def shut(school: Installation, channel: str) -> bool:
    """Whether a channel waits for a person."""
    return bool(school.clerk.ask("gates").get(channel, [False])[0])
