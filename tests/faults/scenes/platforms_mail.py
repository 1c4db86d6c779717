"""A mail server misbehaves: it limits, fails, talks nonsense, cuts the line, refuses the login."""

from __future__ import annotations

from functools import partial

from tests.faults.clock import WallClock
from tests.faults.installation import Installation
from tests.faults.parts import until
from tests.faults.scene import Stage, scene
from tests.faults.scenes.platforms_http import (
    CUT,
    DROPPED,
    LATE,
    add,
    asked,
    behave,
    came,
    garbage,
    shut,
    tried,
)

MINUTE = 60
"""Seconds for which a server that limits us without a number is left alone."""
SORTS = ("", "long", "nul", "empty")
"""Kinds of nonsense over SMTP; `broadcaster.sandbox.mail.troubles` makes them."""


@scene("a mail server that answers late, never, or nonsense", weight=30)
def answers(stage: Stage) -> None:
    """The server took the letter, or did not, and its reply does not tell."""
    with stage.installation(settings={"channels": {"email": {"timeout": 1.0}}}) as school:
        school.enrol("email", stage.times(60, 30))
        for one in (LATE, DROPPED, CUT):
            tried(stage, school, "email", [one], one.words)
        nonsense = [garbage(sort) for sort in SORTS]
        words = f"nonsense for a reply, {len(SORTS)} sorts"
        tried(stage, school, "email", nonsense, words)


@scene("a mail server that limits us", weight=30)
def storm(stage: Stage) -> None:
    """Every recipient is refused with 450: nothing is asked for a minute, then all of it leaves."""
    lasts = stage.times(6, 3)
    with stage.installation(started=False) as school:
        clock = WallClock(school.home)
        school.start(**clock.environment)
        group = school.enrol("email", stage.times(200, 60))
        add(school, "email", "rate_limit", times=None)
        release = school.release(group)
        until(lambda: asked(school, "email"), "the first are refused", meanwhile=school.tend)
        school.waited(1)
        first = asked(school, "email")
        school.waited(lasts)
        more = asked(school, "email") - first
        behave(school, "email")
        clock.set(MINUTE)
        stage.close(
            school,
            "email: 450, too many messages, to every recipient",
            1,
            release,
            also=["the wait is not obeyed"] if more else [],
            remark=f"nothing was asked in the {lasts} s after; the minute's wait was then passed"
            " by setting the clock",
        )


@scene("ten minutes of 451", weight=30)
def outage(stage: Stage) -> None:
    """The server answers 451 for ten minutes; they, and our waits between tries, are shorter."""
    faster = stage.times(60, 200)
    waits = {"first_wait": 30 / faster, "factor": 2.0, "longest_wait": 3600 / faster, "tries": 8}
    with stage.installation(settings={"retries": waits}) as school:
        group = school.enrol("email", stage.times(60, 20))
        add(school, "email", "server_error", times=None)
        before = asked(school, "email")
        release = school.release(group)
        school.waited(600 / faster)
        failed = asked(school, "email") - before
        behave(school, "email")
        stage.close(
            school,
            "email: 451 for ten minutes",
            failed,
            release,
            remark=f"played {faster} times faster: the outage and all waits between tries",
        )


@scene("a password that is changed in the middle", weight=30)
def password(stage: Stage) -> None:
    """The login is refused at a reconnect: a person is told, and opens the channel."""
    mail = {"username": "school", "messages_per_connection": 5, "connections": 2}
    with stage.installation(
        started=False,
        settings={"channels": {"email": mail}},
        limits={"email": ["30/second"]},
    ) as school:
        school.platforms.ask("ask_for_login", username="school", password="right")
        school.environment["SMTP_PASSWORD"] = "right"
        school.start()
        group = school.enrol("email", stage.times(150, 90))
        release = school.release(group)
        until(partial(came, school, "email"), "the first arrive", meanwhile=school.tend, every=0.02)
        school.platforms.ask("ask_for_login", username="school", password="new")
        until(partial(shut, school, "email"), "e-mail is shut", meanwhile=school.tend)
        tries = logins(school)
        school.waited(2)
        also = ["a refused login is tried again"] if logins(school) != tries else []
        school.platforms.ask("ask_for_login", username="school", password="right")
        school.broadcaster("open", "email")
        stage.close(
            school,
            "email: 535, the password is refused at a reconnect",
            1,
            release,
            also=also,
            remark="the channel is shut and says why until a person opens it",
        )


def logins(school: Installation) -> int:
    """How often somebody has tried to log in."""
    return int(school.platforms.ask("calls")["email"].get("AUTH", 0))
