"""Files as they come from telephones, offices and worse places."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\x00" * 64
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64
DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512


def picture(
    form: str = "JPEG", *, size: tuple[int, int] = (60, 40), mode: str = "RGB", **also: Any
) -> bytes:
    """A red picture."""
    out = BytesIO()
    colour: Any = {"RGB": (200, 30, 30), "RGBA": (200, 30, 30, 0), "CMYK": (0, 200, 200, 40)}
    Image.new(mode, size, colour.get(mode, 1)).save(out, form, **also)
    return out.getvalue()


def from_a_telephone(**also: Any) -> bytes:
    """A photo that knows where it was taken, by whose telephone, and that it lies on its side."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Make] = "Anna's telephone"
    where = exif.get_ifd(IFD.GPSInfo)
    where[GPS.GPSLatitude] = (55.0, 45.0, 21.0)
    where[GPS.GPSLatitudeRef] = "N"
    return picture(**{"exif": exif, "comment": b"class 1A", **also})


def film(frames: int = 3) -> bytes:
    """A moving picture."""
    shots = [Image.new("RGB", (20, 20), (60 * number, 0, 0)) for number in range(frames)]
    out = BytesIO()
    shots[0].save(out, "GIF", save_all=True, append_images=shots[1:], duration=120, comment=b"x")
    return out.getvalue()


def archive(*names: str, content: bytes = b"x") -> bytes:
    """A ZIP archive with these files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, content)
    return out.getvalue()


def document(*also: str) -> bytes:
    """A Word document, as far as anybody looks."""
    return archive("[Content_Types].xml", "word/document.xml", *also)
