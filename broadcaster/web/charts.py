"""The geometry of charts: numbers in, rectangles out; templates draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadcaster.services.overview import ChannelShare
from broadcaster.store.queries.reports_progress import Bucket

WIDTH, HEIGHT = 640, 180
ROW, BAR, NAMES = 44, 24, 120
"""A channel's row, the bar in it, and the room for its name."""

KINDS = ("reached", "unconfirmed", "waiting", "failed")


@dataclass(frozen=True, slots=True)
class Column:
    """One bucket as a column."""

    bucket: Bucket
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a channel's bar."""

    kind: str
    count: int
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A channel's bar."""

    share: ChannelShare
    y: float
    pieces: Sequence[Piece]


def columns(buckets: Sequence[Bucket]) -> list[Column]:
    """A column for each bucket, the highest as high as the chart."""
    highest = max((one.count for one in buckets), default=0) or 1
    width = WIDTH / max(len(buckets), 1)
    return [
        Column(
            bucket=one,
            x=round(place * width + 1, 1),
            y=round(HEIGHT - HEIGHT * one.count / highest, 1),
            width=round(max(width - 2, 1), 1),
            height=round(HEIGHT * one.count / highest, 1),
        )
        for place, one in enumerate(buckets)
    ]


def bars(shares: Sequence[ChannelShare]) -> list[Bar]:
    """A bar for each channel, all to one scale."""
    longest = max((one.total for one in shares), default=0) or 1
    scale = (WIDTH - NAMES) / longest
    return [
        Bar(one, place * ROW + (ROW - BAR) / 2, _pieces(one, place, scale))
        for place, one in enumerate(shares)
    ]


def _pieces(share: ChannelShare, place: int, scale: float) -> list[Piece]:
    found, x = [], float(NAMES)
    for kind in KINDS:
        count: int = getattr(share, kind)
        if count:
            y = place * ROW + (ROW - BAR) / 2
            found.append(Piece(kind, count, round(x, 1), y, round(max(count * scale, 1), 1)))
            x += count * scale
    return found
