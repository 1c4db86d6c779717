"""When the last copy will leave, told from the audience, the queues and the platforms' limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from limits import RateLimitItem

from broadcaster.contract import Attachment, Content
from broadcaster.domain.pacing import STEP
from broadcaster.domain.planner import LONG, Bound, Leaving, Load, Road, Window, last_of, play
from broadcaster.domain.states import State
from broadcaster.rendering.content import Text
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.contents import attachments_of, content_of, text_of
from broadcaster.services.costs import cost_of
from broadcaster.services.outlets import Office, Outlet
from broadcaster.services.pace import kept
from broadcaster.services.release import Forecast
from broadcaster.services.turnstile import PATIENCE
from broadcaster.store.queries.health import gates
from broadcaster.store.queries.waiting import Waiting, gone, waiting

SWEEP = 2.0
"""Seconds between looks at a channel that was held, as the settings have it from the start."""

MOST = 20
"""So many announcements are looked at; the copies of what else waits count one request each."""

AT_ONCE = 1.0
"""A limit of so many seconds forgets too soon for what left before to matter."""


@dataclass(frozen=True, slots=True)
class Line:
    """How copies leave on one channel; the times are of the last of them.

    `last` is None when the channel waits for a person or everything expires first. `ahead` are the
    copies of others that wait there, `late` those of these that expire before their turn.
    """

    channel: str
    copies: int
    requests: int
    last: datetime | None
    binds: Bound
    late: int = 0
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Foretold:
    """What leaves when, seen from `at`; `last` is None when something waits for a person."""

    at: datetime
    lines: tuple[Line, ...]
    last: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it takes from `at` on."""
        return None if self.last is None else (self.last - self.at).total_seconds()


def foretell(office: Office, announcement: UUID, seen: Forecast, *, now: datetime) -> Foretold:
    """When the copies of a forecast will leave if they are released as it says.

    What waits already is before them, or behind them when they are more urgent; what other
    announcements will bring until then is not counted.
    """
    reckoning = _Reckoning(office)
    own = {
        outlet.name: loads
        for outlet in office.outlets.values()
        if (loads := reckoning.loads(outlet, announcement, seen))
    }
    queues = reckoning.queues(row for row in waiting() if row.channel in own)
    found = _played(reckoning, {name: [*queues.get(name, []), *own[name]] for name in own}, now)
    return _told(found, now, own=str(announcement))


def foretell_waiting(office: Office, *, now: datetime) -> Foretold:
    """When everything that waits now will have left."""
    reckoning = _Reckoning(office)
    return _told(_played(reckoning, reckoning.queues(waiting()), now), now)


def requests_for(outlet: Outlet, content: Content, copies: int, *, place: bool) -> int:
    """How many requests bring so many copies: the adapter knows, else it is one a message."""
    if outlet.requests_for is not None:
        return outlet.requests_for(content, copies, place=place)
    return copies * max(len(content.texts), 1)


def road_of(outlet: Outlet, **also: object) -> Road:
    """A channel's limits as the planner wants them, with nothing behind them and no hold."""
    plain = Road(
        windows=_windows(outlet.limits, outlet.lanes),
        place_windows=_windows(outlet.place_limits),
        lanes=outlet.lanes,
        slack=STEP,
        cost=cost_of(outlet.adapter.name).seconds,
        patience=PATIENCE,
        sweep=SWEEP,
    )
    return replace(plain, **also)  # type: ignore[arg-type]


def _windows(limits: Iterable[RateLimitItem], lanes: int = 1) -> tuple[Window, ...]:
    return tuple(Window(kept(limit, lanes).amount, limit.get_expiry()) for limit in limits)


def _told(found: dict[str, list[Leaving]], now: datetime, own: str = "") -> Foretold:
    lines = tuple(
        _line(name, [one for one in leavings if not own or one.load.name == own], leavings)
        for name, leavings in sorted(found.items())
    )
    mine = [one for every in found.values() for one in every if not own or one.load.name == own]
    return Foretold(now, lines, last_of(mine))


def _line(channel: str, mine: Sequence[Leaving], every: Sequence[Leaving]) -> Line:
    """The line of some of the loads of a channel; the one that ends it says what binds."""
    final = max(mine, key=lambda one: (one.last is not None, one.last or one.load.due_at))
    return Line(
        channel,
        copies=sum(one.load.copies for one in mine),
        requests=sum(one.load.requests for one in mine),
        last=last_of(mine),
        binds=final.binds,
        late=sum(one.late for one in mine),
        ahead=sum(one.load.copies for one in every) - sum(one.load.copies for one in mine),
    )


def _played(
    reckoning: _Reckoning, loads: Mapping[str, Sequence[Load]], now: datetime
) -> dict[str, list[Leaving]]:
    """Channel → how its loads leave."""
    office, shut = reckoning.office, gates()
    return {
        name: play(
            road_of(
                office.outlets[name],
                hold_until=shut.get(name, {}).get("hold_until"),
                paused=shut.get(name, {}).get("paused_at") is not None,
                quiet=office.quiet,
                past=reckoning.past(office.outlets[name], now),
            ),
            waits,
            now=now,
        )
        for name, waits in loads.items()
    }


class _Reckoning:
    """Copies to requests: the adapters are asked, with each announcement's own text and files."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._known: dict[UUID, tuple[Text, tuple[Attachment, ...]]] = {}

    def loads(self, outlet: Outlet, announcement: UUID, seen: Forecast) -> list[Load]:
        """The copies of a forecast on a channel: those for people, those for places."""
        plan, made = seen.plan, []
        for place in (False, True):
            copies = sum(
                one.count
                for one in seen.copies
                if one.channel == outlet.name
                and one.state in {State.QUEUED, State.HELD}
                and one.personal is not place
            )
            if copies:
                row = Waiting(
                    announcement,
                    outlet.name,
                    place,
                    plan.state is State.HELD,
                    plan.priority,
                    copies,
                    plan.due_at,
                    plan.expires_at,
                )
                made.append(self._load(outlet, row))
        return made

    def queues(self, rows: Iterable[Waiting]) -> dict[str, list[Load]]:
        """Channel → what waits for it."""
        found: dict[str, list[Load]] = {}
        for row in rows:
            if outlet := self.office.outlets.get(row.channel):
                found.setdefault(row.channel, []).append(self._load(outlet, row))
        return found

    def past(self, outlet: Outlet, now: datetime) -> list[tuple[datetime, int]]:
        """What the longer limits still remember, as far as the database tells: what was taken."""
        longest = max((limit.get_expiry() for limit in outlet.limits), default=0)
        if longest <= AT_ONCE:
            return []
        grain = 1 if longest <= LONG else 60
        left = gone(outlet.name, since=now - timedelta(seconds=longest), grain=grain)
        totals: Counter[tuple[UUID, bool]] = Counter()
        for one in left:
            totals[one.announcement, one.place] += one.copies
        requests = {
            kind: self._requests(outlet, kind[0], copies, place=kind[1])
            for kind, copies in totals.items()
        }
        kinds = [(one, (one.announcement, one.place)) for one in left]
        return [(one.at, -(-one.copies * requests[kind] // totals[kind])) for one, kind in kinds]

    def _load(self, outlet: Outlet, row: Waiting) -> Load:
        requests = self._requests(outlet, row.announcement, row.copies, place=row.place)
        return Load(
            name=str(row.announcement),
            copies=row.copies,
            requests=requests,
            priority=row.priority,
            due_at=row.due_at,
            expires_at=row.expires_at,
            busiest=-(-requests // row.copies) if row.place else 0,
            waits_for=Bound.QUIET if row.held else Bound.TIME,
        )

    def _requests(self, outlet: Outlet, announcement: UUID, copies: int, *, place: bool) -> int:
        """The requests of so many copies; one a copy where nobody can look at the text."""
        if len(self._known) >= MOST and announcement not in self._known:
            return copies
        text, files = self._written(announcement)
        try:
            content = content_of(self.office, outlet, text, files, personal=not place)
        except RenderingMistake:
            return copies
        return requests_for(outlet, content, copies, place=place)

    def _written(self, announcement: UUID) -> tuple[Text, tuple[Attachment, ...]]:
        if announcement not in self._known:
            files = attachments_of(self.office.files, announcement)
            self._known[announcement] = text_of(self.office, announcement), files
        return self._known[announcement]
