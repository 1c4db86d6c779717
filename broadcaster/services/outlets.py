"""A channel that is switched on: its adapter, its configuration and the core's rules for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from limits import RateLimitItem
from limits.storage import Storage

from broadcaster.config import Api, Approvals, Calendar, Metrics, School, Webhooks
from broadcaster.config_values import Limit
from broadcaster.contract import Channel, Content, DataClass, Secret, Traits
from broadcaster.domain.alarms import AlarmPolicy
from broadcaster.domain.policy import QuietHours
from broadcaster.domain.verdict import RetryPolicy
from broadcaster.rendering.templates import Templates


class Counter(Protocol):
    """Tells how many requests bring so many copies of a content to people, or to places."""

    def __call__(self, content: Content, copies: int, *, place: bool) -> int:
        """The number, for copies that nothing of has been sent yet."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One channel as the dispatcher needs it; `carries` is the most it may carry here."""

    name: str
    adapter: type[Channel]
    config: Any = field(repr=False)
    carries: DataClass
    limits: tuple[RateLimitItem, ...]
    place_limits: tuple[RateLimitItem, ...]
    lanes: int
    page_of: Callable[[str], str] | None = None
    """Where visitors find an announcement by its guid, known before it is published."""
    requests_for: Counter | None = None
    """How many requests the adapter needs for copies; None when it is one for each message."""

    @property
    def traits(self) -> Traits:
        """What the platform promises."""
        return self.adapter.traits

    @property
    def missing_keys(self) -> list[str]:
        """Secrets that the channel cannot do without and has not got.

        Each is named by its variable in the environment, else by its key in the settings.
        """
        return [
            secret.variable or f"channels.{self.name}.{one.name}"
            for one in fields(self.config)
            if isinstance(secret := getattr(self.config, one.name), Secret)
            and not secret
            and _is_needed(one, self.config)
        ]


def _is_needed(one: Field[Any], config: Any) -> bool:
    """Whether a key has no default, or is the password of a user name that is given."""
    if one.name == "password":
        return bool(getattr(config, "username", ""))
    return one.default is one.default_factory is MISSING


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a service needs beside the database; built by `broadcaster.bootstrap`."""

    school: School
    quiet: QuietHours | None
    retries: RetryPolicy
    lease: timedelta
    outlets: Mapping[str, Outlet]
    limits_storage: Storage = field(repr=False)
    templates: Templates = field(repr=False)
    files: Path
    largest_file: int
    most_files: int
    flights: Path | None = None
    """How the paths begin of what lanes remember beyond their end; see `services.flights`."""
    sandbox: bool = False
    phones: str = ""
    """Where the sandbox shows what parents get; empty while it does not run."""
    calendar: Calendar = field(default_factory=Calendar)
    api: Api = field(default_factory=lambda: Api(Limit("120/minute")))
    webhooks: Webhooks = field(default_factory=Webhooks)
    alarms: AlarmPolicy = field(default_factory=AlarmPolicy)
    approvals: Approvals = field(default_factory=Approvals)
    metrics: Metrics = field(default_factory=Metrics, repr=False)

    def carries(self) -> dict[str, DataClass]:
        """The channels that are switched on and the most each may carry."""
        return {name: outlet.carries for name, outlet in self.outlets.items()}


def local_day(office: Office, now: datetime) -> date:
    """The school's date at `now`."""
    return now.astimezone(office.school.time_zone).date()
