"""Is the web alive, and can it serve: two answers for whoever watches the machine.

Ready means that this process can serve its pages: the database answers and has the tables that this
program wants. A silent worker or broker does not make the web unready, since a restart of the web
would not cure them; alarms and /metrics tell of those.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from broadcaster.store.queries.schema import missing_migrations


@login_not_required
def healthz(_: HttpRequest) -> HttpResponse:
    """The process answers."""
    return _plain("ok\n")


@login_not_required
def readyz(_: HttpRequest) -> HttpResponse:
    """The database answers too, and is up to date."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _Tables.ready():
            return _plain("database not migrated\n", status=503)
    except DatabaseError:
        return _plain("no database\n", status=503)
    return _plain("ok\n")


class _Tables:
    """Whether the tables are in step: a yes is remembered, since migrations are not undone."""

    _seen = False

    @classmethod
    def ready(cls) -> bool:
        """Ask the database until it says yes."""
        cls._seen = cls._seen or not missing_migrations()
        return cls._seen


def _plain(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain")


urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
