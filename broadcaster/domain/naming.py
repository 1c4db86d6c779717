"""Names of people and groups: when two spellings are one name, and whom a text names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑'’][^\W\d_]+)*")
_APART = re.compile(r"[.,;:!?…()\d/|\-–—•]|\n\s*\n")
_VOWELS = "аеиоуыэюяйь"
_ENDINGS = ("го", "му", "ми", "м", "х")
_SHORTEST_STEM = 2
_PATRONYMIC = re.compile(r".+(?:вич|ьич|мич|вна|чна)")
_FULL_NAME = 3

# Latin letters that look like Russian ones, ё, and the ways to write a hyphen.
_ONE_SPELLING = str.maketrans("aceopxykmthbё‐‑’", "асеорхукмтнве--'")


def folded(name: str) -> str:
    """The name as it is compared: case, ё, spaces and Latin look-alikes make no difference."""
    spelled = unicodedata.normalize("NFC", name).casefold().translate(_ONE_SPELLING)
    return " ".join(spelled.split())


def unordered(name: str) -> str:
    """The folded words of a name, whichever stands first: a surname may stand at either end."""
    return " ".join(sorted(folded(name).split()))


def named_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The people among `names` whom a text names, sorted.

    A name of two or more words is found when its whole words stand side by side, in its own order
    or with the surname moved to the other end, and also without its patronymic. Case and ё make no
    difference; an initial («Камила А.») must be a capital in the text, for «а» and «в» are words.
    A single word never matches: a bare first name, or a surname, may be anybody's.

    Usual endings are seen through («Маше Сергеевой» is «Маша Сергеева») by comparing stems. There
    is no morphology behind it: a stem that changes («Павел», «Павла»), a short form («Мария»,
    «Маша»), a surname with initials («Сергеева М. И.») and a slip of the pen are out of its reach,
    and a namesake who is not on the roll is taken for the one who is.
    """
    places = _places(unicodedata.normalize("NFC", text))
    return tuple(sorted(name for name in set(names) if _is_named(name, places)))


def _is_named(name: str, places: Mapping[str, set[int]]) -> bool:
    words = _WORD.findall(folded(name))
    if len(words) < 2 or not (found := _found(words, places)):  # noqa: PLR2004 - a bare name
        return False
    return any(_stand_together(wanted) for wanted in _orders(words, found))


def _found(words: Sequence[str], places: Mapping[str, set[int]]) -> list[set[int]]:
    """Where each word stands; empty as soon as a word that may not be missing is missing."""
    found: list[set[int]] = []
    for word in words:
        stands = set().union(*(places.get(stem, ()) for stem in _stems(word)))
        if not stands and not (len(words) == _FULL_NAME and _PATRONYMIC.fullmatch(word)):
            return []
        found.append(stands)
    return found


def _orders(words: Sequence[str], found: Sequence[set[int]]) -> Iterator[Sequence[set[int]]]:
    """The orders in which the name may be written: turned round, and without its patronymic."""
    for turn in range(len(found)):
        yield [*found[turn:], *found[:turn]]
    if len(words) == _FULL_NAME:
        # The middle first: «Роман Аркадьевич Абрамович» ends in no patronymic.
        place = next((n for n in (1, 2) if _PATRONYMIC.fullmatch(words[n])), None)
        if place is not None:
            first, last = (stands for n, stands in enumerate(found) if n != place)
            yield [first, last]
            yield [last, first]


def _stand_together(wanted: Sequence[set[int]]) -> bool:
    first, *others = wanted
    return any(
        all(start + further in stands for further, stands in enumerate(others, start=1))
        for start in first
    )


def _places(text: str) -> dict[str, set[int]]:
    """Stem → numbers of the words that have it; words kept apart by punctuation skip a number."""
    places: dict[str, set[int]] = {}
    number = end = 0
    initial = False
    for match in _WORD.finditer(text):
        word, between = match[0], text[end : match.start()]
        if initial:
            between = between.removeprefix(".")
        number += 2 if _APART.search(between) else 1
        end, initial = match.end(), len(word) == 1
        if not initial or word.isupper():
            for stem in _stems(folded(word)):
                places.setdefault(stem, set()).add(number)
    return places


def _stems(word: str) -> tuple[str, ...]:
    """What is left of a folded word without the endings of cases; two ways to see them at most."""
    *before, last = word.split("-")
    stems = [last.rstrip(_VOWELS)]
    for ending in _ENDINGS:
        if last.endswith(ending):
            stems.append(last.removesuffix(ending).rstrip(_VOWELS))
            break
    first = "".join(part.rstrip(_VOWELS) + "-" for part in before)
    return tuple(first + (stem if len(stem) >= _SHORTEST_STEM else last) for stem in stems)
