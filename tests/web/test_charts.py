"""The geometry of charts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadcaster.services.overview import ChannelShare
from broadcaster.store.queries.reports_progress import Bucket
from broadcaster.web.charts import HEIGHT, NAMES, WIDTH, bars, columns
from tests.school import NOON


def buckets(*counts: int) -> list[Bucket]:
    return [Bucket(NOON + timedelta(seconds=place), 1, count) for place, count in enumerate(counts)]


def test_the_highest_column_fills_the_chart() -> None:
    first, second = columns(buckets(2, 4))
    assert (first.height, second.height, second.y) == (HEIGHT / 2, HEIGHT, 0)


@pytest.mark.parametrize("count", [1, 2, 40])
def test_columns_stay_within_the_chart(count: int) -> None:
    last = columns(buckets(*[1] * count))[-1]
    assert last.x + last.width <= WIDTH


def test_a_chart_of_nothing_is_empty() -> None:
    assert (columns([]), bars([])) == ([], [])


def test_bars_have_one_scale() -> None:
    long, short = bars(
        [ChannelShare("a", 6, 2, 0, 0), ChannelShare("b", reached=4, failed=0, waiting=0,
                                                     unconfirmed=0)]
    )  # fmt: skip
    assert sum(piece.width for piece in long.pieces) == pytest.approx(WIDTH - NAMES)
    assert sum(piece.width for piece in short.pieces) == pytest.approx((WIDTH - NAMES) / 2)


def test_what_there_is_none_of_is_not_drawn() -> None:
    [bar] = bars([ChannelShare("a", reached=1, failed=0, waiting=0, unconfirmed=1)])
    assert [piece.kind for piece in bar.pieces] == ["reached", "unconfirmed"]
