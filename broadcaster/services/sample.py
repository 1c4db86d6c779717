"""The sample school: families and places that exist nowhere, for trying things out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from broadcaster.config_values import ROOT
from broadcaster.services.audit import Actor
from broadcaster.services.people import apply, plan_destinations, plan_people
from broadcaster.services.people.cells import Normalise

EXAMPLES = ROOT / "examples"


def load_sample_school(
    *,
    people: Mapping[str, Normalise],
    places: Mapping[str, Normalise],
    by: Actor,
    now: datetime,
) -> None:
    """Import it; `people` and `places` spell the addresses of channels that reach either."""
    with (EXAMPLES / "people.csv").open("rb") as file:
        plan = plan_people(file, name="people.csv", channels=people, today=now.date())
    apply(plan, good_rows_only=False, by=by, now=now)
    with (EXAMPLES / "destinations.csv").open("rb") as file:
        plan = plan_destinations(file, channels=places)
    apply(plan, good_rows_only=False, by=by, now=now)
