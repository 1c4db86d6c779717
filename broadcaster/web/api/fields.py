"""Values that several operations share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from ninja import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

Item = TypeVar("Item")

FIRST_YEAR, LAST_YEAR = 2000, 2100
LAST_PAGE, MOST_ITEMS = 100_000, 200
HIGHEST_ID = 2**63 - 1

EXAMPLE_ID = "0c8f5d0e-1b7a-4b52-9d3f-5f1c2f6f0a11"


class Sent(BaseModel):
    """What a program sends: every key is known and every value of the right kind."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Page(BaseModel, Generic[Item]):
    """A part of a long list; ask for the next page until all are there."""

    items: list[Item]
    page: int
    per_page: int
    total: int


def _moment(value: object) -> object:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise PydanticCustomError("moment", "a moment with a time zone is expected")
    return read


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "A date and time with its zone, in the years 2000 to 2100.",
            "examples": ["2026-12-01T18:30:00+03:00"],
        }
    ),
]

PersonId = Annotated[int, Field(ge=1, le=HIGHEST_ID)]
PageNumber = Annotated[int, Query(1, ge=1, le=LAST_PAGE, description="Counts from 1.")]
PerPage = Annotated[int, Query(50, ge=1, le=MOST_ITEMS)]


def window(page: int, per_page: int) -> slice:
    """The rows of a page."""
    return slice((page - 1) * per_page, page * per_page)
