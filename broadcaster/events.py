"""Logs are events: one JSON object a line; never an address, a name or a text."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

from broadcaster.contract import masked

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "data"}
"""What every record has, and Celery's `data`, which repeats the traceback."""

REQUEST = "request"
"""Where Django's records keep the page's request, whose address may open things by itself."""


OF_MACHINES = ("OSError", "OperationalError")
"""Faults whose words speak of disks and connections, never of people."""

UNTOLD = STANDARD | {REQUEST}
"""What is no field of an event."""

Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class EventFormatter(logging.Formatter):
    """Writes the event, its `extra` fields and, for faults, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        event = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "event": _event(record),
            "logger": record.name,
            **{name: value for name, value in vars(record).items() if name not in UNTOLD},
        }
        if record.exc_info:
            event["fault"] = self.formatException(record.exc_info)
        return masked(json.dumps(event, ensure_ascii=False, default=str))

    def formatException(self, ei: Fault) -> str:  # noqa: N802 - logging's name
        """Where it happened and of what kind it is; its words may hold what people wrote."""
        return "\n".join(reversed(list(_told(ei[1]))))


def _event(record: logging.LogRecord) -> str:
    """The event's name; of a page only which one it is, as the addresses are declared."""
    request = getattr(record, REQUEST, None)
    if request is None or not record.args or not isinstance(record.args, tuple):
        return record.getMessage()
    place = getattr(getattr(request, "resolver_match", None), "route", "…")
    addresses = [getattr(request, name, None) for name in ("path", "path_info")]
    told = (place if part in addresses else part for part in record.args)
    return str(record.msg) % tuple(told)


def _told(fault: BaseException | None) -> Iterator[str]:
    """The fault and what led to it, the last one first."""
    while fault is not None:
        places = "".join(traceback.format_tb(fault.__traceback__))
        kinds = {kind.__name__ for kind in type(fault).__mro__}
        words = f": {fault}" if kinds.intersection(OF_MACHINES) else ""
        yield f"{places}{type(fault).__name__}{words}"
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
