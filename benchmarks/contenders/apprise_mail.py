"""Apprise's mailto://: one address of a server, many targets, the same text for all."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from apprise import Apprise, NotifyFormat

from benchmarks.stopwatch import stopwatch


def run(*, server: str, message: str, count: int) -> dict[str, float]:
    """Send the HTML of the file `message` to `count` targets; Apprise makes the plain text."""
    read = email.message_from_bytes(Path(message).read_bytes(), policy=email.policy.SMTP)
    html = read.get_body(("html",))
    assert html is not None
    targets = ",".join(f"parent{number}@family.example" for number in range(count))
    apprise = Apprise()
    url = f"mailto://{server}/?from=school@school.example&mode=insecure&to={targets}"
    assert apprise.add(url)
    with stopwatch() as lap:
        done = apprise.notify(
            title=str(read["subject"]), body=html.get_content(), body_format=NotifyFormat.HTML
        )
    assert done
    return {"seconds": lap.seconds, "cpu": lap.cpu}
