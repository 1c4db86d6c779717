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

from broadcaster.store.queries.schema import missing_migrations, unknown_migrations


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
        if problem := _Tables.problem():
            return _plain(f"{problem}\n", status=503)
    except DatabaseError:
        return _plain("no database\n", status=503)
    return _plain("ok\n")


class _Tables:
    """Whether the tables are in step: a yes is remembered, since migrations are not undone.

    So a web that was ready stays so when a newer program migrates beside it.
    """

    _seen = False

    @classmethod
    def problem(cls) -> str:
        """What keeps us from serving; asks the database until there is nothing."""
        if not cls._seen:
            if unknown_migrations():
                return "database newer than the program"
            if missing_migrations():
                return "database not migrated"
            cls._seen = True
        return ""


def _plain(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain")


urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
