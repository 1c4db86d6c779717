"""The report as files for a spreadsheet."""

from __future__ import annotations

from datetime import UTC, datetime
from tempfile import TemporaryFile
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.services.exporting import copies_sheet, note_export, people_sheet
from broadcaster.services.outlets import local_day
from broadcaster.services.tables import csv_lines
from broadcaster.store.models import Announcement
from broadcaster.web.access import StaffRequest, actor_of, allowed, announcement_for

SHEETS = {"people": people_sheet, "copies": copies_sheet}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allowed(Right.SEE_REPORTS)
@require_safe
def as_csv(request: StaffRequest, key: UUID, table: str) -> HttpResponseBase:
    """People or copies as CSV, sent while it is read."""
    one = _taken_away(request, key, "csv", table)
    sheet = SHEETS[table](one.pk, office().school.time_zone)
    lines = csv_lines(sheet) if request.method == "GET" else ()
    return StreamingHttpResponse(
        lines, content_type="text/csv; charset=utf-8", headers=_named(one, f"{table}.csv")
    )


@allowed(Right.SEE_REPORTS)
@require_safe
def as_xlsx(request: StaffRequest, key: UUID) -> HttpResponseBase:
    """People and copies as one workbook."""
    from broadcaster.services.workbooks import write_xlsx  # noqa: PLC0415 - large, rarely wanted

    one = _taken_away(request, key, "xlsx", "all")
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx([make(one.pk, office().school.time_zone) for make in SHEETS.values()], file)
    file.seek(0)
    return FileResponse(file, content_type=XLSX, headers=_named(one, "report.xlsx"))


def _taken_away(request: StaffRequest, key: UUID, form: str, table: str) -> Announcement:
    one = announcement_for(request, key)
    if one.released_at is None:
        raise Http404
    if request.method == "GET":
        note_export(one.pk, by=actor_of(request), now=datetime.now(UTC), form=form, table=table)
    return one


def _named(one: Announcement, name: str) -> dict[str, str]:
    day = one.released_at and local_day(office(), one.released_at)
    file = f"{day}-{one.pk.hex[:8]}-{name}"
    return {"Content-Disposition": f'attachment; filename="{file}"'}


urlpatterns = [
    path("<uuid:key>/people.csv", as_csv, {"table": "people"}, name="announcement-people-csv"),
    path("<uuid:key>/copies.csv", as_csv, {"table": "copies"}, name="announcement-copies-csv"),
    path("<uuid:key>/report.xlsx", as_xlsx, name="announcement-xlsx"),
]
