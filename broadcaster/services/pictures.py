"""Pictures made anew: what is not to be seen — where it was taken, by what, what else hides in the
file — does not leave the school.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, ImageSequence

from broadcaster.i18n import _

MOST_PIXELS: Mapping[str, int] = {
    "JPEG": 60_000_000,
    "MPO": 60_000_000,
    "PNG": 25_000_000,
    "WEBP": 25_000_000,
    "GIF": 25_000_000,
}
"""Pixels of a picture by format: a JPEG may be read at a fraction of its size, others not."""

LONGEST_SIDE = 4096
"""Pixels; a page of A4 printed at 300 dots an inch has fewer."""

SMALL_SIDE = 480
"""Pixels of the longer side of a small picture."""

MOST_FRAMES, FILM_PIXELS = 300, 60_000_000
"""A moving picture with more frames, or more pixels in all of them, becomes a still."""

EXTENSIONS: Mapping[str, str] = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}

Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class NoPicture(Exception):
    """The file cannot be shown as a picture; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew, and a small one of it (JPEG)."""

    content: bytes
    media_type: str
    extension: str
    small: bytes


def remade(file: BinaryIO) -> Picture:
    """The same picture and nothing but the picture, upright, at most LONGEST_SIDE; raises
    NoPicture.
    """
    try:
        return _remade(file)
    except NoPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:  # whatever a hostile picture makes the decoders raise
        raise NoPicture(_("картинка повреждена или это не картинка")) from error


def small_of(file: BinaryIO) -> bytes:
    """A small JPEG of a picture; raises NoPicture."""
    try:
        with _opened(file) as image:
            image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
            return _small(ImageOps.exif_transpose(image))
    except NoPicture:
        raise
    except Exception as error:  # whatever a hostile picture makes the decoders raise
        raise NoPicture(_("картинка повреждена или это не картинка")) from error


def _opened(file: BinaryIO) -> Image.Image:
    """The picture with only its header read; raises NoPicture for one that is too large."""
    file.seek(0)
    image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "GIF"))
    if image.width * image.height > MOST_PIXELS[image.format or "GIF"]:
        raise _too_large()
    return image


def _too_large() -> NoPicture:
    return NoPicture(_("в картинке слишком много точек; уменьшите её"))


def _remade(file: BinaryIO) -> Picture:
    with _opened(file) as image:
        made = "JPEG" if image.format == "MPO" else image.format or ""
        if made == "GIF" and _moves(image):
            return _film(image)
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        still = _plain(ImageOps.exif_transpose(_in_srgb(image)))
    still.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if made == "JPEG" and still.mode not in {"L", "RGB"}:
        still = still.convert("RGB")
    out = BytesIO()
    still.save(out, made, **_OPTIONS[made])
    return _picture(out, made, still)


_OPTIONS: Mapping[str, Mapping[str, object]] = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "PNG": {"compress_level": 6},
    "WEBP": {"quality": 88},
    "GIF": {},
}


def _picture(out: BytesIO, made: str, still: Image.Image) -> Picture:
    return Picture(out.getvalue(), f"image/{made.lower()}", EXTENSIONS[made], _small(still))


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours as every screen shows them: a telephone's own profile goes with the rest."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK"}:
        return image
    try:
        seen = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return seen or image


def _plain(image: Image.Image) -> Image.Image:
    """The pixels alone, in a mode that every format here can write; no comments, no profiles."""
    if "transparency" in image.info or image.mode in {"PA", "La", "RGBa"}:
        image = image.convert("RGBA")
    elif image.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}:
        image = image.convert("RGB")
    bare = image.copy()
    bare.info.clear()
    return bare


def _small(image: Image.Image) -> bytes:
    ground = Image.new("RGB", image.size, "white")
    seen = image.convert("RGBA")
    ground.paste(seen, mask=seen.getchannel("A"))
    ground.thumbnail((SMALL_SIDE, SMALL_SIDE))
    out = BytesIO()
    ground.save(out, "JPEG", quality=80)
    return out.getvalue()


def _moves(image: Image.Image) -> bool:
    frames = getattr(image, "n_frames", 1)
    return 1 < frames <= MOST_FRAMES and frames * image.width * image.height <= FILM_PIXELS


def _film(image: Image.Image) -> Picture:
    """A moving GIF, frame by frame, with its speed and nothing else it says."""
    frames, times = [], []
    for frame in ImageSequence.Iterator(image):
        times.append(int(frame.info.get("duration", 100)))
        bare = frame.convert("RGBA")
        bare.info.clear()
        frames.append(bare)
    out = BytesIO()
    frames[0].save(
        out, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, disposal=2
    )
    return _picture(out, "GIF", frames[0])
