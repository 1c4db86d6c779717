"""Translations in step with the texts: `python -m tools.translations [--update | --compile]`.

Texts are Russian in the source; every other language is a catalog under `locale/`. Without an
option every catalog is checked, what is wrong is listed and the exit status is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en",)
KEYWORDS = {"_": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{[^{}]*\}")


def main() -> int:
    """Check, update or compile every catalog; the result is the exit status."""
    options = argparse.ArgumentParser(description=__doc__)
    work = options.add_mutually_exclusive_group()
    work.add_argument("--update", action="store_true", help="add new texts, empty; drop old ones")
    work.add_argument("--compile", action="store_true", help="make the .mo files")
    chosen = options.parse_args()
    if chosen.compile:
        return _compile()
    return _update() if chosen.update else _check()


def _check() -> int:
    found = [line for language in LANGUAGES for line in complaints(_read(language), _extract())]
    sys.stdout.writelines(f"{line}\n" for line in found)
    if found:
        sys.stdout.write(f"{len(found)} to mend; `make texts` brings the catalogs in step.\n")
    return int(bool(found))


def _update() -> int:
    for language in LANGUAGES:
        catalog = _read(language)
        catalog.update(_extract(), no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        file = _file(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as output:
            write_po(output, catalog, width=100, sort_by_file=True, include_lineno=False)
    return 0


def _compile() -> int:
    for language in LANGUAGES:
        with _file(language).with_suffix(".mo").open("wb") as output:
            write_mo(output, _read(language))
    return 0


def complaints(catalog: Catalog, texts: Catalog) -> Iterator[str]:
    """One line for every text that `catalog` lacks, has wrong or has in vain."""
    for text in texts:
        if text.id:
            yield from _complaints_of(catalog.get(text.id), text)
    for message in [*catalog, *catalog.obsolete.values()]:
        if message.id and message.id not in texts:
            yield f"{catalog.locale}: no longer in the source: {message.id!r}"


def _complaints_of(translated: Message | None, text: Message) -> Iterator[str]:
    place = ":".join(map(str, text.locations[0]))
    if translated is None or not translated.string:
        yield f"{place}: not translated: {text.id!r}"
    elif translated.fuzzy:
        yield f"{place}: marked as fuzzy: {text.id!r}"
    elif _placeholders(translated.string) != _placeholders(text.id):
        yield f"{place}: other placeholders than in {text.id!r}: {translated.string!r}"


def _placeholders(text: object) -> list[str]:
    """What is filled in later; doubled braces are braces that people see."""
    return sorted(PLACEHOLDER.findall(str(text).replace("{{", "").replace("}}", "")))


def _extract() -> Catalog:
    """Every text for people in code and templates; `counted` is given forms already in `_`."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    texts = Catalog()
    for path, line, text, comments, _ in extract_from_dir(ROOT, methods, options, KEYWORDS):
        texts.add(text, locations=[(path, line)], auto_comments=comments)
    return texts


def _read(language: str) -> Catalog:
    """The catalog of a language; an empty one when there is no file yet."""
    file = _file(language)
    if not file.exists():
        return Catalog(locale=language, project="Broadcaster", header_comment="#", fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=language)


def _file(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "broadcaster.po"


if __name__ == "__main__":
    sys.exit(main())
