"""What a file is: told by its content, and its name has to agree. What could run is refused."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from broadcaster.domain.filenames import extension_of
from broadcaster.i18n import _

HEAD = 4096
"""Bytes that are looked at to tell what a file is."""

LARGEST_DIRECTORY = 2_000_000
"""Bytes of an archive's table of contents: reading a larger one would take all memory."""

LARGEST_NOTE = 66_000
"""Bytes at an archive's end among which its table of contents is announced."""


class NotAttached(Exception):
    """A file cannot be attached; `words` say why, `hint` what to do about it."""

    def __init__(self, words: str, hint: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.hint = hint


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file; `begins` looks at its first bytes, `inside` names what an archive holds."""

    media_type: str
    begins: Callable[[bytes], bool]
    inside: str = ""


def _with(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magic)


def _film(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _mp3(head: bytes) -> bool:
    """An ID3 tag, or the header of a frame: eleven ones, layer III, a bit rate (ISO 11172-3)."""
    if head.startswith(b"ID3"):
        return True
    frame = int.from_bytes(head[:3], "big")
    return frame & 0xFFE600 == 0xFFE200 and frame & 0xF0 != 0xF0  # noqa: PLR2004 - bits


def _wav(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WAVE"


_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<|#!|MZ|%PDF|PK\x03|\{\\rtf)")


def _text(head: bytes) -> bool:
    """Words in any alphabet, and none that a program would read as markup or a script."""
    return not _MARKUP.match(head) and not re.search(rb"[\x00-\x08\x0e-\x1f]", head)


_ZIP, _OLE = _with(b"PK\x03\x04"), _with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

KINDS: Mapping[str, FileKind] = {
    ".pdf": FileKind("application/pdf", _with(b"%PDF-")),
    ".docx": FileKind(f"{_OFFICE}wordprocessingml.document", _ZIP, "word/document.xml"),
    ".xlsx": FileKind(f"{_OFFICE}spreadsheetml.sheet", _ZIP, "xl/workbook.xml"),
    ".pptx": FileKind(f"{_OFFICE}presentationml.presentation", _ZIP, "ppt/presentation.xml"),
    ".odt": FileKind(f"{_OPEN}text", _ZIP, "content.xml"),
    ".ods": FileKind(f"{_OPEN}spreadsheet", _ZIP, "content.xml"),
    ".odp": FileKind(f"{_OPEN}presentation", _ZIP, "content.xml"),
    ".doc": FileKind("application/msword", _OLE),
    ".xls": FileKind("application/vnd.ms-excel", _OLE),
    ".ppt": FileKind("application/vnd.ms-powerpoint", _OLE),
    ".zip": FileKind("application/zip", _ZIP),
    ".txt": FileKind("text/plain", _text),
    ".mp4": FileKind("video/mp4", _film),
    ".mov": FileKind("video/quicktime", _film),
    ".m4a": FileKind("audio/mp4", _film),
    ".mp3": FileKind("audio/mpeg", _mp3),
    ".ogg": FileKind("audio/ogg", _with(b"OggS")),
    ".wav": FileKind("audio/x-wav", _wav),
}
"""Files that are no pictures, by extension."""

PICTURES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp"})
"""Extensions of pictures; which of the four it is, its content says."""

STRANGE_PICTURES = frozenset({".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".raw", ".dng"})
"""Pictures that not every parent can open."""

_PROGRAMS = (
    ".exe .com .bat .cmd .scr .pif .msi .msp .jar .apk .app .appx .msix .deb .rpm .dmg .iso .img "
    ".lnk .url .reg .js .mjs .jse .vbs .vbe .wsf .wsh .ps1 .psm1 .sh .py .pl .php .cgi .hta .chm "
    ".cpl .dll .sys .xll .one .iqy .docm .dotm .xlsm .xltm .xlam .pptm .potm .ppam .ppsm .swf"
)
_PAGES = ".html .htm .xhtml .shtml .mhtml .mht .svg .svgz .xml .xsl .xslt"

RUNNING = frozenset([*_PROGRAMS.split(), *_PAGES.split()])
"""What a computer would run, or a browser show as a page of somebody else's."""

ACCEPTED = tuple(sorted({*PICTURES, *KINDS}))
"""Every extension that may be attached."""


def kind_of(name: str, file: BinaryIO) -> str:
    """The media type of a file that is no picture; raises NotAttached. The file is rewound."""
    extension = extension_of(name)
    refuse_extension(name)
    kind = KINDS[extension]
    file.seek(0)
    head = file.read(HEAD)
    if not kind.begins(head):
        raise NotAttached(
            _("«{name}» — не то, за что себя выдаёт: внутри не {extension}.").format(
                name=name, extension=extension.removeprefix(".").upper()
            ),
            _("Откройте файл и сохраните его заново."),
        )
    if kind.begins is _ZIP:
        _refuse_contents(name, kind, file)
    file.seek(0)
    return kind.media_type


def refuse_extension(name: str) -> None:
    """Raise NotAttached for a name whose extension is not among those we send."""
    extension = extension_of(name)
    if extension in KINDS or extension in PICTURES:
        return
    if extension in RUNNING:
        raise NotAttached(
            _("«{name}» — программа или веб-страница; такие файлы родителям не рассылаем.").format(
                name=name
            ),
            _("Сохраните то, что хотели показать, в PDF или дайте ссылку."),
        )
    if extension in STRANGE_PICTURES:
        raise NotAttached(
            _("«{name}»: такую картинку откроют не все.").format(name=name),
            _("Сохраните её в JPEG или PNG."),
        )
    raise NotAttached(
        _("«{name}»: файлы такого вида не рассылаем.").format(name=name),
        _("Подойдут картинки, PDF, документы Word, Excel, PowerPoint, видео MP4 и звук MP3."),
    )


def _refuse_contents(name: str, kind: FileKind, file: BinaryIO) -> None:
    """Look into an archive, or into a document that is one; nothing is unpacked."""
    names = _names_in(name, file)
    if kind.inside and kind.inside not in names:
        raise NotAttached(
            _("«{name}» — архив, а не документ.").format(name=name),
            _("Откройте файл и сохраните его заново."),
        )
    if any(inner.lower().endswith("vbaproject.bin") for inner in names):
        raise NotAttached(
            _("В «{name}» есть макросы — программы внутри документа.").format(name=name),
            _("Сохраните документ без макросов или в PDF."),
        )
    if not kind.inside:
        running = next((one for one in names if extension_of(one) in RUNNING), None)
        if running is not None:
            raise NotAttached(
                _("В архиве «{name}» лежит программа или веб-страница.").format(name=name),
                _("Уберите из архива «{inner}».").format(inner=running[-60:]),
            )


def _names_in(name: str, file: BinaryIO) -> frozenset[str]:
    broken = NotAttached(
        _("«{name}» повреждён: оглавление не читается.").format(name=name),
        _("Соберите архив заново."),
    )
    if not 0 < _directory_size(file) <= LARGEST_DIRECTORY:
        raise broken
    try:
        with zipfile.ZipFile(file) as archive:
            return frozenset(archive.namelist())
    except Exception as error:  # whatever a hostile archive makes the reader raise
        raise broken from error


def _directory_size(file: BinaryIO) -> int:
    """Bytes of an archive's table of contents; 0 when there is none, or a 64-bit one."""
    length = file.seek(0, 2)
    file.seek(max(0, length - LARGEST_NOTE))
    end = file.read()
    found = end.rfind(b"PK\x05\x06")
    if found < 0 or b"PK\x06\x07" in end[max(0, found - 20) : found]:
        return 0
    return int.from_bytes(end[found + 12 : found + 16], "little")
