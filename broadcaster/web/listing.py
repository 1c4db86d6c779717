"""A list that is read page by page from the database, as Django's Paginator wants it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """`size` says how long the list is, `part` reads so many rows from an offset."""

    size: Callable[[], int]
    part: Callable[[int, int], Sequence[Row]]

    def count(self) -> int:
        """How long the list is."""
        return self.size()

    def __len__(self) -> int:
        return self.size()

    def __getitem__(self, span: slice) -> Sequence[Row]:
        return self.part(span.stop - span.start, span.start)


def page_of(listing: Listing[Any], number: str | None, *, size: int) -> Page[Any]:
    """One page of a list; the nearest one when there is none of this number."""
    paginator: Paginator[Any] = Paginator(listing, size)  # type: ignore[arg-type]
    return paginator.get_page(number)
