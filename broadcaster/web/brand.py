"""The school's colour, made legible on light and on dark pages."""

from __future__ import annotations

import colorsys

LEGIBLE = 4.5
"""The least contrast of text against its ground (WCAG 2.2, 1.4.3)."""

Colour = tuple[float, float, float]

DAY, NIGHT = "#f6f4ef", "#1c222a"


def brand_sheet(colour: str) -> str:
    """A style sheet that sets --brand, --on-brand and --link from `#rrggbb`."""
    light, dark = _against(colour, DAY), _against(colour, NIGHT)
    return (
        f":root {{ --brand: {light}; --on-brand: {_on(light)}; --link: {light}; }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  :root {{ --brand: {dark}; --on-brand: {_on(dark)}; --link: {dark}; }}\n"
        "}\n"
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2)."""
    bright, dim = sorted((_luminance(_read(one)), _luminance(_read(other))), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _against(colour: str, ground: str) -> str:
    """The colour, made darker or lighter until text in it can be read on this ground."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_read(colour))
    step = 0.02 if _luminance(_read(ground)) < 0.5 else -0.02  # noqa: PLR2004 - half way to white
    while contrast(_write((hue, lightness, saturation)), ground) < LEGIBLE:
        lightness = min(max(lightness + step, 0.0), 1.0)
    return _write((hue, lightness, saturation))


def _on(colour: str) -> str:
    """What can be read on a ground of this colour: white or nearly black."""
    return max(("#ffffff", "#0c1116"), key=lambda ink: contrast(ink, colour))


def _read(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _write(hls: Colour) -> str:
    return "#" + bytes(round(part * 255) for part in colorsys.hls_to_rgb(*hls)).hex()


def _luminance(colour: Colour) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004

    red, green, blue = map(linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
