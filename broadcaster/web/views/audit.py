"""Who did what to what, and whether the log is whole."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_POST, require_safe

from broadcaster.audit_words import ACTIONS, BREACHES, SUBJECTS, actor_word, fact_words
from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.audit import Action, record
from broadcaster.services.audit_check import verify
from broadcaster.services.outlets import local_day
from broadcaster.store.models import Announcement, AuditEntry, Group, Guardian, Pupil, Staff
from broadcaster.store.queries.audit import Wanted, in_batches, page_of
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.audit import AuditSearch
from broadcaster.web.jinja import has_right

PAGE = 50
LARGEST = 1 << 63
"""No number of a row is as large as this."""

LINKED: Mapping[str, tuple[type[Model], str, Right]] = {
    "announcement": (Announcement, "announcement", Right.SEE_REPORTS),
    "guardian": (Guardian, "person", Right.SEE_PEOPLE),
    "group": (Group, "group", Right.SEE_PEOPLE),
    "pupil": (Pupil, "child", Right.EDIT_PEOPLE),
    "staff": (Staff, "staff-edit", Right.MANAGE),
}
"""What an entry may lead to: its rows, the name of its page and the right to see it."""


@allowed(Right.SEE_AUDIT)
@require_safe
def audit(request: StaffRequest) -> HttpResponse:
    """A page of the log, newest first; only what was asked for."""
    form = AuditSearch(request.GET)
    wanted = form.wanted(office().school.time_zone)
    page = page_of(
        wanted, size=PAGE, before=_number(request, "before"), after=_number(request, "after")
    )
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    about = {
        "form": form,
        "page": page,
        "links": _links(request, page.entries),
        "query": query.urlencode(),
        "searching": wanted != Wanted(),
        "actions": ACTIONS,
        "subjects": SUBJECTS,
        "actor_word": actor_word,
        "fact_words": fact_words,
    }
    return render(request, "audit/audit.html.j2", about)


@allowed(Right.SEE_AUDIT)
@require_POST
def check(request: StaffRequest) -> HttpResponse:
    """Walk the whole log and say what was found."""
    about = {"found": verify(), "breaches": BREACHES, "now": datetime.now(UTC)}
    return render(request, "audit/verdict.html.j2", about)


@allowed(Right.SEE_AUDIT)
@require_safe
def export(request: StaffRequest) -> StreamingHttpResponse:
    """What was asked for as a table for a spreadsheet, row by row."""
    wanted = AuditSearch(request.GET).wanted(office().school.time_zone)
    now = datetime.now(UTC)
    record(actor_of(request), Action.REPORT_EXPORTED, now=now, kind="audit")
    return StreamingHttpResponse(
        _sheet(wanted),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="audit-{local_day(office(), now)}.csv"'
        },
    )


def _number(request: HttpRequest, name: str) -> int | None:
    """An entry's number among the parameters; None when there is none that could be one."""
    given = request.GET.get(name, "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < PAGE else LARGEST
    return number if number < LARGEST else None


def _links(request: HttpRequest, entries: Collection[AuditEntry]) -> dict[tuple[str, str], str]:
    """The pages of what the entries tell of, where there still are such things."""
    found = {}
    for kind, (model, name, right) in LINKED.items():
        keys = {one.subject for one in entries if one.subject_kind == kind}
        if keys and has_right(request, right):
            for key in _existing(model, keys):
                with suppress(NoReverseMatch):
                    found[kind, str(key)] = reverse(name, args=[key])
    return found


def _existing(model: type[Model], keys: Collection[str]) -> list[Any]:
    """Those of the keys that are rows of the model."""
    possible = set()
    for key in keys:
        with suppress(ValidationError):
            possible.add(model._meta.pk.to_python(key))  # noqa: SLF001 - Django's own way
    likely = {key for key in possible if not isinstance(key, int) or key < LARGEST}
    rows = model._default_manager.filter(pk__in=likely)  # noqa: SLF001
    return list(rows.values_list("pk", flat=True))


class _Line:
    """A place to write that hands back what was written."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def _sheet(wanted: Wanted) -> Iterator[str]:
    """A CSV as the school's spreadsheet opens it: with a mark of UTF-8 and semicolons."""
    write = csv.writer(_Line(), delimiter=";").writerow
    titles = (_("Номер"), _("Когда"), _("Кто"), _("Что"), _("С чем"), _("Номер того, с чем"))
    yield "\ufeff" + write([*titles, _("Подробности"), _("Хеш")])
    zone = office().school.time_zone
    for entry in in_batches(wanted):
        row = [
            entry.pk,
            entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            actor_word(entry.actor),
            ACTIONS.get(entry.action, entry.action),
            SUBJECTS.get(entry.subject_kind, entry.subject_kind),
            entry.subject,
            "; ".join(fact_words(entry.facts)),
            entry.hash,
        ]
        yield write(map(_harmless, row))


def _harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = str(value)
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words


urlpatterns = [
    path("", audit, name="audit"),
    path("verify", check, name="audit-verify"),
    path("export.csv", export, name="audit-export"),
]
