"""Whom a calendar item is for, in terms that outlive the classes of one year."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

EVERYBODY = "все"
IN_ENGLISH = "all"
GRADES = re.compile(r"(?:класс\w*|grades?|class(?:es)?)\s+(\d{1,2})(?:\s*[-–—]\s*(\d{1,2}))?")
GRADE_OF_GROUP = re.compile(r"\s*(\d{1,2})(?!\d)")
CLASS = re.compile(r"\s*\d{1,2}\s*[-–]?\s*[«\"]?[^\W\d_]?[»\"]?\s*")


@dataclass(frozen=True, slots=True)
class Audience:
    """The groups that the terms mean, and the terms that name nothing."""

    groups: frozenset[str]
    unknown: tuple[str, ...]


def audience(terms: Collection[str], groups: Collection[str]) -> Audience:
    """What the terms mean among the school's groups.

    A term is `все` (`all`), the name of a group, or `классы 1-4` (`grades 1-4`): every group whose
    name begins with one of these numbers, in whatever year. Classes and everybody are known
    although they may be nobody: a kindergarten has no seventh class.
    """
    meant = {term: _meant(term, groups) for term in terms}
    unknown = tuple(term for term, found in meant.items() if not found and not _always(term))
    return Audience(frozenset().union(*meant.values()), unknown)


def is_everybody(term: str) -> bool:
    """Whether a term means the whole school."""
    return term.strip().casefold() in {EVERYBODY, IN_ENGLISH}


def _always(term: str) -> bool:
    return is_everybody(term) or GRADES.fullmatch(_plain(term)) is not None


def _plain(term: str) -> str:
    return " ".join(term.casefold().split())


def grade(group: str) -> int | None:
    """The number with which a class's name begins; None for other groups."""
    found = GRADE_OF_GROUP.match(group)
    return int(found[1]) if found else None


def is_class(group: str) -> bool:
    """Whether a group is called as a class is: «1А», «10-Б», «7 «В»», «4»."""
    return CLASS.fullmatch(group) is not None


def _meant(term: str, groups: Collection[str]) -> frozenset[str]:
    if is_everybody(term):
        return frozenset(groups)
    wanted = _plain(term)
    named = frozenset(group for group in groups if _plain(group) == wanted)
    if named:
        return named
    if grades := GRADES.fullmatch(wanted):
        first, last = int(grades[1]), int(grades[2] or grades[1])
        return frozenset(group for group in groups if first <= (grade(group) or 0) <= last)
    return frozenset()
