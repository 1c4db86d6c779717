"""The pages, killed in the middle of a release that another program asks for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.faults.installation import Installation, Release
from tests.faults.parts import until
from tests.faults.scene import Stage, scene

STEPS = ("before the rows", "after the rows", "committed")
"""Where in a release the pages die: before its one transaction, inside it, behind it."""
FAMILIES = 40
TIMES = 3
"""At each of them."""
ABANDONED = 400.0
"""Seconds; after five minutes a key is taken for abandoned."""


@dataclass(frozen=True, slots=True)
class Order:
    """What another program of the school asks for, again and again with the same key."""

    step: str
    key: str
    meant: Release

    def body(self) -> bytes:
        """An announcement that is released at once."""
        words = {"title": f"Гололёд: {self.meant.mark}", "body": f"Это метка-{self.meant.mark}."}
        about = {"groups": ["email"], "importance": "important", "release": True}
        return json.dumps(words | about).encode()


@dataclass(frozen=True, slots=True)
class Program:
    """Another program of the school, which has a token and patience."""

    url: str
    token: str

    def ask(self, order: Order) -> str:
        """The id of the announcement; empty while nobody answers, or the first request is on.

        Raises AssertionError with the words of any other refusal.
        """
        heads = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": order.key,
        }
        request = Request(f"{self.url}/api/v1/announcements", order.body(), heads, method="POST")
        try:
            with urlopen(request, timeout=20) as answer:
                return str(json.load(answer)["id"])
        except HTTPError as error:
            words = error.read().decode()
            assert "idempotency_under_way" in words, words
        except (OSError, HTTPException):
            pass
        return ""


@scene("kill -9 of the web in the middle of a release", weight=380, quick=False)
def killed(stage: Stage) -> None:
    """Whoever asked asks again with the same key, as programs do; families get one copy each.

    The key of a request that died is given free after five minutes.
    """
    with stage.installation() as school:
        school.enrol("email", FAMILIES)
        program = Program(school.start_web(), _token(school))
        orders = [_interrupted(school, program, step) for step in STEPS * TIMES]
        released = {one.key: _answered(school, program, one) for one in orders}
        for step in STEPS:
            mine = [released[one.key] for one in orders if one.step == step]
            stage.close(school, f"kill -9 of the web, {step} of a release", TIMES, *mine)


def _interrupted(school: Installation, program: Program, step: str) -> Order:
    """A request during which the web dies."""
    sprung = school.lay_trap(step, "release")
    meant = school.expect("email")
    order = Order(step, f"order-{meant.mark}", meant)
    until(
        lambda: program.ask(order) or sprung.exists(),
        f"the web dies {step} of a release",
        meanwhile=school.tend,
    )
    school.lift_trap()
    assert sprung.exists(), f"the web did not die {step} of a release"
    return order


def _answered(school: Installation, program: Program, order: Order) -> Release:
    """What became of a request once somebody answered it."""
    found: list[str] = []
    until(
        lambda: found.append(program.ask(order)) or found[-1],  # type: ignore[func-returns-value]
        f"{order.key} is answered",
        patience=ABANDONED,
        every=1.0,
        meanwhile=school.tend,
    )
    release = replace(order.meant, id=found[-1])
    school.released.append(release)
    return release


def _token(school: Installation) -> str:
    scopes = ["--scope", "announcements:write", "--scope", "announcements:release"]
    told = json.loads(school.broadcaster("tokens", "add", "Дневник", *scopes, "--json"))
    return str(told["token"])
