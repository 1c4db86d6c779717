"""Files of programs' announcements."""

from __future__ import annotations

from typing import Annotated, BinaryIO, cast
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile
from pydantic import BaseModel

from broadcaster.bootstrap import office
from broadcaster.domain.scopes import Scope
from broadcaster.services.submitting_files import add_file, look_into
from broadcaster.services.uploads import Incoming
from broadcaster.store.models import AnnouncementFile
from broadcaster.web.api.door import ApiRequest, Bearer
from broadcaster.web.api.repeating import Done, do_once, repeats_itself
from broadcaster.web.api.responses import changing

router = Router(tags=["announcements"])


class FileOut(BaseModel):
    """An attachment as it will be sent: a picture is made anew, without what else it held."""

    name: str
    media_type: str
    size: int
    position: int


@router.post(
    "/{announcement}/files",
    auth=Bearer(Scope.WRITE),
    summary="Attach a file",
    operation_id="attachFile",
    **changing(201, FileOut, 404),
)
@repeats_itself
def attach(
    request: ApiRequest, announcement: UUID, file: Annotated[UploadedFile, File()]
) -> HttpResponse:
    """Attach one file to a program's draft; what could run on a family's computer is refused."""
    incoming = Incoming(file.name or "", cast("BinaryIO", file), file.size or 0)
    kept = look_into(office(), announcement, incoming)
    return do_once(request, lambda: Done(201, _file(add_file(office(), announcement, kept))))


def _file(row: AnnouncementFile) -> FileOut:
    return FileOut(name=row.name, media_type=row.media_type, size=row.size, position=row.position)
