"""Names of files that people send us: what is left is safe in every folder, mail and page."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 200
"""Characters; the column's width."""

_REFUSED = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff]"
)
"""What nobody sees, what turns the order of letters around («гpj.exe»), and what is no letter."""

_TROUBLE = re.compile(r'[<>:"|?*%{}`$;&#]+')
"""What Windows refuses, and what shells and addresses read as their own."""

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""Names that Windows keeps for itself, whatever their extension."""

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")


def cleaned_name(raw: str, *, otherwise: str = "file") -> str:
    """The name without folders, unseen characters and tricks, at most LONGEST_NAME long.

    Letters of any language stay, and so does the extension, in small letters. `otherwise` is the
    name of a file of whose own nothing is left.
    """
    name = re.split(r"[/\\]", raw)[-1]
    while (cleaner := _cleaned(name, otherwise)) != name:  # what was cut off may have hidden more
        name = cleaner
    return name


def _cleaned(name: str, otherwise: str) -> str:
    shown = _REFUSED.sub("", unicodedata.normalize("NFC", name))
    plain = " ".join(_TROUBLE.sub("_", shown).split())
    stem, extension = _parts(plain)
    stem = stem.strip(" .-_~") or otherwise
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    return stem[: LONGEST_NAME - len(extension)].rstrip(" .") + extension


def extension_of(name: str) -> str:
    """The extension with its full stop, in small letters; empty when there is none."""
    return _parts(name)[1]


def renamed(name: str, extension: str) -> str:
    """The name with another extension."""
    return _parts(name)[0][: LONGEST_NAME - len(extension)] + extension


def _parts(name: str) -> tuple[str, str]:
    """The name before its extension, and the extension in small letters."""
    name = name.rstrip(" .")
    found = _EXTENSION.search(name)
    return (name, "") if found is None else (name[: found.start()], found[0].lower())
