"""An upgrade with a migration, while the version before sends, and goes on sending beside the new.

What is promised: the tables of the new version serve the version before as well. A migration adds
what the old code need not fill in, and takes away only what it does not use; whatever else must go
goes one version later (`tests/store/test_migrations.py` holds new migrations to it). So workers may
be replaced one by one, in any order, and an old one may even be started again.
"""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.flight import flying
from tests.faults.installation import SPELLED, Installation, Kind, Release
from tests.faults.ledger import Copy
from tests.faults.parts import Part, until
from tests.faults.previous import Previous
from tests.faults.scene import Stage, scene
from tests.faults.scenes.platforms_http import came
from tests.faults.stores import run

LIMITS = {"email": ["10/second"], "telegram": ["10/second"]}
"""So slow that everything happens in the middle."""
CHANNELS = ("email", "telegram")


@scene("an upgrade while the version before sends", weight=60)
def beside(stage: Stage) -> None:
    """Old workers send, the tables are migrated, new workers join, the old ones are killed."""
    with TemporaryDirectory(prefix="broadcaster-before-") as folder:
        before = Previous(Path(folder))
        with stage.installation(started=False, limits=LIMITS) as school:
            before.make_tables(school)
            old = begun(before, school)
            count = stage.times(80, 30)
            first = released_by(before, school, "before1a", count)
            until(partial(arrivals, school, 5), "the version before sends", meanwhile=school.tend)
            took = time.monotonic()
            run(["django", "migrate", "--verbosity", "0"], school.environment)
            took = time.monotonic() - took
            second = released_by(before, school, "before2a", count)
            wanted = len(first.copies) + len(second.copies) // 2
            until(partial(arrivals, school, wanted), "it goes on", meanwhile=school.tend)
            join(school)
            third = school.release(*(f"{one} before1a" for one in CHANNELS), personal=False)
            school.waited(2)
            flown = flying(school)
            for part in old:
                part.kill()
            flown |= flying(school)  # before the new ones have decided what the dead had
            for part in old:
                part.stop()
                school.workers.remove(part)
            stage.close(
                school,
                "an upgrade with a migration, old and new workers beside each other",
                len(old),
                first,
                second,
                third,
                in_flight=len(flown),
                also=complaints(old),
                remark=f"from {before.commit}; the migration took {took:.1f} s with its start",
            )


def begun(before: Previous, school: Installation) -> list[Part]:
    """The processes of the version before."""
    if school.kind is Kind.SQLITE:
        return [before.start_worker(school, schedule=True)]
    workers = [before.start_worker(school, schedule=False) for _ in range(2)]
    return [before.start_beat(school), *workers]


def join(school: Installation) -> None:
    """Start those of the version at hand."""
    if school.kind is Kind.POSTGRESQL:
        school.start_beat()
        school.start_worker()
    school.start_worker()


def released_by(before: Previous, school: Installation, mark: str, families: int) -> Release:
    """Enrol families and release to them, all with the version before."""
    copies, groups = [], {}
    for channel in CHANNELS:
        first = 1_000_000 * (1 + len(school._groups))
        places = [SPELLED[channel].format(first + number) for number in range(families)]
        groups[f"{channel} {mark}"] = (channel, places)
        copies += [Copy(channel, place, mark) for place in places]
        school._groups[f"{channel} {mark}"] = [(channel, place) for place in places]
    told = before.run(school, "tests.faults.writer", json.dumps({"mark": mark, "groups": groups}))
    release = Release(told.split()[-1], mark, tuple(copies))
    school.released.append(release)
    return release


def arrivals(school: Installation, wanted: int) -> bool:
    """Whether so much has come by every channel together, and something by each."""
    return school.arrivals() >= wanted and all(came(school, channel) for channel in CHANNELS)


def complaints(old: list[Part]) -> list[str]:
    """What the version before could not do."""
    faults = sum(part.log.read_text("utf-8", "replace").count("task.fault") for part in old)
    return [f"the version before has failed {faults} times"] if faults else []
