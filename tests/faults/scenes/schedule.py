"""Beat, which rings: killed, and missing for a while."""

from __future__ import annotations

import time

from tests.faults.installation import Kind
from tests.faults.parts import Part
from tests.faults.scene import Stage, scene
from tests.faults.school_file import SLOW
from tests.faults.traffic import Traffic


@scene("kill -9 of beat", on=(Kind.POSTGRESQL,), weight=60)
def killed(stage: Stage) -> None:
    """Workers find nothing new without it; started again it makes up for that."""
    kills = stage.times(10, 2)
    with stage.installation(limits=SLOW) as school:
        beat = school.beat
        assert beat is not None
        traffic = Traffic(school)
        traffic.start()
        for _ in range(kills):
            traffic.keep()
            traffic.flows()
            time.sleep(stage.random.uniform(0, 1))
            _missing(beat, stage.random.uniform(0, 2))
        stage.close(school, "kill -9 of beat", kills)


@scene("kill -9 of a worker with the schedule inside, before it has swept", on=(Kind.SQLITE,))
def inside(stage: Stage) -> None:
    """Where worker and schedule are one process, what is released meanwhile waits for both.

    Nothing is with a platform at any kill: so nothing may end unconfirmed.
    """
    kills = stage.times(5, 1)
    with stage.installation(limits=SLOW) as school:
        traffic = Traffic(school)
        (worker,) = school.workers
        for _ in range(kills):
            worker.kill()
            traffic.more()
            worker.start()
            traffic.flows()
            assert school.settle(), "it does not settle before the next kill"
        stage.close(school, "released while worker and schedule are dead", kills)


def _missing(part: Part, seconds: float) -> None:
    part.kill()
    time.sleep(seconds)
    part.start()
