"""New tables serve the version before as well: workers are replaced one by one.

A migration adds what old code need not fill in, and takes away only what it does not use. What must
go for good goes one version after the code that used it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

FROM = 6
"""The migrations before are those of the first version: nothing ran before it."""
ADDS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.AddConstraint,
    migrations.RemoveConstraint,
    migrations.AlterModelOptions,
    migrations.SeparateDatabaseAndState,
)
"""What the version before does not notice; a new constraint must hold for what it writes."""
LOOKED_AT = {
    "0006_fewer_indexes": "indexes and storage alone; no column is another one",
}
"""Migrations with statements of their own, and why the version before can live with them."""


def new() -> dict[str, Any]:
    """The migrations that the promise is for, by name."""
    found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    names = {name: made for (app, name), made in found.items() if app == "store"}
    return {name: made for name, made in sorted(names.items()) if int(name[:4]) >= FROM}


def hard_to_bear(operation: Operation) -> bool:
    """Whether code that does not know of the operation may stumble over it."""
    if isinstance(operation, migrations.AddField):
        field = operation.field
        return not (field.null or field.has_db_default() or field.many_to_many)
    return not isinstance(operation, ADDS)


def found(operations: list[Operation]) -> Iterator[str]:
    """What must be looked at, by its name."""
    for operation in operations:
        if hard_to_bear(operation):
            yield operation.describe()


@pytest.mark.parametrize("name", new())
def test_the_version_before_can_live_with_a_migration(name: str) -> None:
    made = new()[name]
    assert name in LOOKED_AT or list(found(made.operations)) == []


def test_what_was_looked_at_is_still_there() -> None:
    assert set(LOOKED_AT) <= set(new())


@pytest.mark.parametrize(
    ("operation", "hard"),
    [
        (migrations.RemoveField("delivery", "parts"), True),
        (migrations.RenameField("delivery", "parts", "messages"), True),
        (migrations.DeleteModel("delivery"), True),
        (migrations.RunSQL("DROP TABLE store_delivery"), True),
        (migrations.RemoveIndex("delivery", "delivery_held"), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Operation) else "",
)
def test_what_takes_away_is_looked_at(operation: Operation, *, hard: bool) -> None:
    assert hard_to_bear(operation) is hard


@pytest.mark.parametrize(
    ("options", "hard"),
    [({}, True), ({"default": 0}, True), ({"null": True}, False), ({"db_default": 0}, False)],
)
def test_a_new_column_that_old_code_does_not_fill_in_needs_a_value(
    options: dict[str, Any], *, hard: bool
) -> None:
    column = models.IntegerField(**options)
    assert hard_to_bear(migrations.AddField("delivery", "weight", column)) is hard
