"""django-post_office on SQLite, tuned: batches of 1,000 and 8 threads."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command

from benchmarks.children import ROOT
from benchmarks.stopwatch import stopwatch

BATCH, THREADS = 1_000, 8


def run(*, server: str, message: str, count: int) -> dict[str, Any]:
    """Queue the texts of the file `message` for `count` recipients and send them; both are timed.

    `sent` is what its database says afterwards; its log has a row for each, as by default.
    """
    with TemporaryDirectory(prefix="benchmark-", dir=ROOT / "var") as home:
        _set_up(server, Path(home))
        from post_office.mail import send_many, send_queued_mail_until_done  # noqa: PLC0415
        from post_office.models import STATUS, Email, Log  # noqa: PLC0415

        letters = [_letter(message, number) for number in range(count)]
        with stopwatch() as lap:
            send_many(letters)
            send_queued_mail_until_done(lockfile=f"{home}/lock")
        sent = Email.objects.filter(status=STATUS.sent).count()
        assert sent == Log.objects.count()
        return {"seconds": lap.seconds, "cpu": lap.cpu, "sent": sent}


def _letter(message: str, number: int) -> dict[str, Any]:
    read = email.message_from_bytes(Path(message).read_bytes(), policy=email.policy.SMTP)
    texts = {kind: read.get_body((kind,)) for kind in ("plain", "html")}
    assert texts["plain"] is not None
    assert texts["html"] is not None
    return {
        "recipients": [f"parent{number}@family.example"],
        "sender": "school@school.example",
        "subject": str(read["subject"]),
        "message": texts["plain"].get_content(),
        "html_message": texts["html"].get_content(),
    }


def _set_up(server: str, home: Path) -> None:
    host, _, port = server.rpartition(":")
    durable = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    settings.configure(
        SECRET_KEY="of a benchmark",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["post_office"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": home / "queue.sqlite3",
                "OPTIONS": {"init_command": durable},
            }
        },
        EMAIL_HOST=host,
        EMAIL_PORT=int(port),
        POST_OFFICE={"BATCH_SIZE": BATCH, "THREADS_PER_PROCESS": THREADS},
    )
    django.setup()
    call_command("migrate", verbosity=0)
