"""Groups stand where people look for them."""

from __future__ import annotations

from broadcaster.domain.ordering import as_counted


def test_classes_are_counted_and_clubs_follow() -> None:
    names = ["Хор", "10А", "2Б", "1б", "2А", "Ясли 2", "Ясли 10", "1А", "Ёлочка"]
    assert sorted(names, key=as_counted) == [
        "1А", "1б", "2А", "2Б", "10А", "Ёлочка", "Хор", "Ясли 2", "Ясли 10"
    ]  # fmt: skip


def test_any_name_has_its_place() -> None:
    assert min(["٣", "", "²", "9" * 80], key=as_counted) == ""
