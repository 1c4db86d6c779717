"""Families and an announcement to them, in the version of the folder it lies in, as once written.

`python -m tests.faults.writer '{"mark": …, "groups": {group: [channel, [address, …]]}}'` prints the
announcement's key. It uses what every version has, and nothing of the harness.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

import django

django.setup()

from broadcaster.bootstrap import office  # noqa: E402
from broadcaster.contract import DataClass  # noqa: E402
from broadcaster.domain.policy import Importance  # noqa: E402
from broadcaster.services.announcing import save_draft  # noqa: E402
from broadcaster.services.drafting import Draft  # noqa: E402
from broadcaster.services.release import release  # noqa: E402
from broadcaster.store.models import Address, Group, Guardian, Pupil  # noqa: E402


def enrol(group: str, channel: str, values: list[str]) -> None:
    """A family for each address."""
    members = Group.objects.create(name=group)
    for value in values:
        guardian = Guardian.objects.create(name="Наталья Сергеевна")
        pupil = Pupil.objects.create(name="Маша")
        pupil.groups.add(members)
        guardian.pupils.add(pupil)
        consent = date(2026, 9, 1)
        Address.objects.create(guardian=guardian, channel=channel, value=value, consent_on=consent)


def write(mark: str, groups: dict[str, Any]) -> str:
    """Enrol, release and give the announcement's key; the next sweep sends it."""
    for group, (channel, values) in groups.items():
        enrol(group, channel, values)
    draft = Draft(
        title=f"Гололёд: {mark}",
        body=f"Завтра гололёд. Это метка-{mark}.",
        importance=Importance.IMPORTANT,
        groups=tuple(groups),
        channels=(),
        data_class=DataClass.PUBLIC,
        attachments=(),
    )
    announcement = save_draft(office(), draft, now=datetime.now(UTC))
    release(office(), announcement, now=datetime.now(UTC))
    return str(announcement)


if __name__ == "__main__":
    sys.stdout.write(write(**json.loads(sys.argv[1])) + "\n")
