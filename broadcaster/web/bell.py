"""Waking a worker when a person has sent something; a bell that is lost costs two seconds."""

from __future__ import annotations

import logging

from kombu.exceptions import OperationalError as BrokerAway

log = logging.getLogger(__name__)


def ring() -> None:
    """Ask a worker to look at once; when the broker is away the next sweep finds the work."""
    import worker  # noqa: F401, PLC0415 - names the Celery application
    from broadcaster.tasks import ring as wake  # noqa: PLC0415 - Celery is slow to import

    try:
        wake()
    except (BrokerAway, OSError) as error:
        log.warning("bell.broker_away", extra={"error": type(error).__name__})
