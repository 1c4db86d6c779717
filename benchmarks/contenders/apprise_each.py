"""Apprise's mailto://: a URL for each recipient, as one has to where the texts differ."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from apprise import Apprise, NotifyFormat

from benchmarks.stopwatch import stopwatch

URL = "mailto://{server}/?from=school@school.example&mode=insecure&to=parent{number}@family.example"


def run(*, server: str, message: str, count: int) -> dict[str, float]:
    """Send the HTML of the file `message` to `count` targets, one notification each."""
    read = email.message_from_bytes(Path(message).read_bytes(), policy=email.policy.SMTP)
    html = read.get_body(("html",))
    assert html is not None
    subject, body = str(read["subject"]), html.get_content()
    Apprise().add(URL.format(server=server, number=0))  # what is loaded once is loaded now
    with stopwatch() as lap:
        done = [_notified(server, number, subject, body) for number in range(count)]
    assert all(done)
    return {"seconds": lap.seconds, "cpu": lap.cpu}


def _notified(server: str, number: int, subject: str, body: str) -> bool:
    apprise = Apprise()
    assert apprise.add(URL.format(server=server, number=number))
    return bool(apprise.notify(title=subject, body=body, body_format=NotifyFormat.HTML))
