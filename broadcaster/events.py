"""Logs are events: one JSON object a line; never an address, a name or a text."""

from __future__ import annotations

import json
import logging

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "data"}
"""What every record has, and Celery's `data`, which repeats the traceback."""


class EventFormatter(logging.Formatter):
    """Writes the event, its `extra` fields and, for faults, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        event = {
            "at": self.formatTime(record),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            **{name: value for name, value in vars(record).items() if name not in STANDARD},
        }
        if record.exc_info:
            event["fault"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False, default=str)
