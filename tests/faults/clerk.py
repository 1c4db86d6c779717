"""A person at work, as a child in the installation's home: `python -m tests.faults.clerk`.

It enrols, releases and reads through the product's own services; it recovers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import close_old_connections, connection, transaction  # noqa: E402

from broadcaster.bootstrap import office  # noqa: E402
from broadcaster.cli.doors import ring_for_release  # noqa: E402
from broadcaster.contract import DataClass  # noqa: E402
from broadcaster.domain.policy import Importance  # noqa: E402
from broadcaster.domain.states import UNDERWAY, State  # noqa: E402
from broadcaster.services.announcing import save_draft  # noqa: E402
from broadcaster.services.drafting import Draft  # noqa: E402
from broadcaster.services.follow import report  # noqa: E402
from broadcaster.services.release import release  # noqa: E402
from broadcaster.store.models import (  # noqa: E402
    Address,
    ChannelState,
    Delivery,
    Destination,
    Group,
    Guardian,
    Pupil,
)
from broadcaster.store.queries.heartbeats import SWEEP, last_beat  # noqa: E402
from tests.faults.talk import answer  # noqa: E402

GREETING = "Здравствуйте, {{ имя }}! "
BODY = """Завтра, 27 ноября, уроки начнутся в **9:00**: на улице гололёд. Это метка-{mark}.

- не спешите;
- держитесь за перила.
"""


def enrol(group: str, channel: str, values: Sequence[str]) -> None:
    """A new group: a family for each address of a channel, or a section of the site each."""
    with transaction.atomic():
        members = Group.objects.create(name=group)
        if channel == "site":
            Destination.objects.bulk_create(
                Destination(group=members, channel=channel, value=value, title=value, data_class=0)
                for value in values
            )
            return
        guardians = Guardian.objects.bulk_create(
            Guardian(name=f"Наталья Сергеевна {number}") for number, _ in enumerate(values)
        )
        pupils = Pupil.objects.bulk_create(Pupil(name=f"Маша {one.pk}") for one in guardians)
        _relate(members, guardians, pupils)
        Address.objects.bulk_create(
            Address(guardian=one, channel=channel, value=value, consent_on=date(2026, 9, 1))
            for one, value in zip(guardians, values, strict=True)
        )


def _relate(members: Group, guardians: list[Guardian], pupils: list[Pupil]) -> None:
    Pupil.groups.through.objects.bulk_create(
        Pupil.groups.through(pupil=pupil, group=members) for pupil in pupils
    )
    Guardian.pupils.through.objects.bulk_create(
        Guardian.pupils.through(guardian=guardian, pupil=pupil)
        for guardian, pupil in zip(guardians, pupils, strict=True)
    )


def draft(mark: str, groups: Sequence[str], importance: str, *, personal: bool) -> str:
    """Write an announcement to groups; its text says which one it is."""
    written = Draft(
        title=f"Гололёд: {mark}",
        body=(GREETING if personal else "") + BODY.format(mark=mark),
        importance=Importance(importance),
        groups=tuple(groups),
        channels=(),
        data_class=DataClass.PUBLIC,
        attachments=(),
    )
    return str(save_draft(office(), written, now=datetime.now(UTC)))


def let_go(announcement: str) -> int:
    """Release an announcement, then ring, as the command and the page do."""
    rows = release(office(), UUID(announcement), now=datetime.now(UTC))
    ring_for_release()
    return rows


def rows(announcements: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Every copy: announcement, channel, address, state."""
    copies = _copies(announcements).select_related("address", "destination")
    return [
        (str(copy.announcement_id), copy.channel, _place(copy), copy.state)
        for copy in copies.iterator(chunk_size=2000)
    ]


def _place(copy: Delivery) -> str:
    place = copy.address or copy.destination
    return place.value.lower() if place else ""


def states(announcements: Sequence[str]) -> dict[str, int]:
    """How many copies are in each state."""
    found: dict[str, int] = {}
    for state in _copies(announcements).values_list("state", flat=True).iterator():
        found[state] = found.get(state, 0) + 1
    return found


def waiting(announcements: Sequence[str]) -> int:
    """How many copies are not decided yet."""
    return int(_copies(announcements).filter(state__in=UNDERWAY).count())


def in_flight() -> dict[str, list[int]]:
    """Which copies are on record as being with a platform right now, by channel."""
    found: dict[str, list[int]] = {}
    flying = Delivery.objects.filter(state=State.SENDING, handed_at__isnull=False)
    for channel, row in flying.values_list("channel", "pk"):
        found.setdefault(channel, []).append(row)
    return found


def shown(announcements: Sequence[str]) -> int:
    """How many copies the reports show as unconfirmed, each by its number, to be decided."""
    told = 0
    for one in announcements:
        seen = report(UUID(one), with_copies=True)
        listed = [line for line in seen.copies if line.state == State.UNCONFIRMED and line.id]
        told += min(seen.unconfirmed, len(listed))
    return told


def pulse() -> float:
    """How many seconds ago a worker last swept; -1.0 when none ever did."""
    seen = last_beat(SWEEP)
    return (datetime.now(UTC) - seen).total_seconds() if seen else -1.0


def gates() -> dict[str, list[Any]]:
    """What holds channels back: paused or not, held until when, why, the platform's words."""
    return {
        one.pk: [
            one.paused_at is not None,
            one.hold_until and one.hold_until.isoformat(),
            one.reason,
            one.detail,
        ]
        for one in ChannelState.objects.all()
    }


def _copies(announcements: Sequence[str]) -> Any:
    ids = [UUID(one) for one in announcements]
    return Delivery.objects.filter(announcement__in=ids).exclude(state=State.SKIPPED)


def _fresh(work: Callable[..., Any]) -> Callable[..., Any]:
    """Ask on a new connection: the database may have been away since."""

    @wraps(work)
    def asked(**about: Any) -> Any:
        close_old_connections()
        try:
            return work(**about)
        finally:
            connection.close()

    return asked


def main() -> None:
    """Work until nobody asks any more."""
    handlers: dict[str, Callable[..., Any]] = {
        "enrol": enrol, "draft": draft, "let_go": let_go, "rows": rows, "states": states,
        "waiting": waiting, "in_flight": in_flight, "shown": shown, "pulse": pulse, "gates": gates,
    }  # fmt: skip
    answer({name: _fresh(work) for name, work in handlers.items()})


if __name__ == "__main__":
    main()
