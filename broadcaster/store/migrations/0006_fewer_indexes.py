"""Indexes that another one makes needless go, and room is left where copies change (decision 0058).

Nobody waits for it: PostgreSQL builds and drops them while it works, and what is broken off may be
run again. SQLite changes nothing but its indexes, in one transaction.
"""

from django.db import migrations, models, transaction

PLACES = "store_delivery (destination_id) WHERE destination_id IS NOT NULL"
FORMER = {
    "store_delivery_announcement_id_a591a19f": "store_delivery (announcement_id)",
    "store_delivery_destination_id_54193c81": "store_delivery (destination_id)",
}
RECEIPTS = "store_receipt_delivery_id_27b3a221_fk_store_delivery_id"
CONSTRAINED = f"""
    ALTER TABLE store_receipt ADD CONSTRAINT {RECEIPTS} FOREIGN KEY (delivery_id)
    REFERENCES store_delivery (id) DEFERRABLE INITIALLY DEFERRED
"""
ROOM = "fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05"


def made(name, what):
    """Statements that make an index, even when it was half made before."""
    return [f"DROP INDEX@ IF EXISTS {name}", f"CREATE INDEX@ {name} ON {what}"]


UP = [
    *made("delivery_of_destination", PLACES),
    *(f"DROP INDEX@ IF EXISTS {name}" for name in FORMER),
]
DOWN = [
    *(statement for name, what in FORMER.items() for statement in made(name, what)),
    "DROP INDEX@ IF EXISTS delivery_of_destination",
]
POSTGRES_UP = [
    f"ALTER TABLE store_receipt DROP CONSTRAINT IF EXISTS {RECEIPTS}",
    f"ALTER TABLE store_delivery SET ({ROOM})",
]
POSTGRES_DOWN = [
    f"ALTER TABLE store_receipt DROP CONSTRAINT IF EXISTS {RECEIPTS}",
    CONSTRAINED,
    "ALTER TABLE store_delivery RESET (fillfactor, autovacuum_vacuum_scale_factor)",
]


def change(editor, statements, postgres):
    """Run statements; `@` is where PostgreSQL is told to let others work meanwhile."""
    if editor.connection.vendor == "postgresql":
        for statement in [one.replace("@", " CONCURRENTLY") for one in statements] + postgres:
            editor.execute(statement)
        return
    with transaction.atomic(editor.connection.alias):
        for statement in statements:
            editor.execute(statement.replace("@", ""))


def up(_apps, editor):
    """Leave the indexes that somebody asks."""
    change(editor, UP, POSTGRES_UP)


def down(_apps, editor):
    """Bring all of them back."""
    change(editor, DOWN, POSTGRES_DOWN)


def foreign(to, *, name="+", null=False, **also):
    """A foreign key as it is from now on."""
    how = models.SET_NULL if null else models.CASCADE
    return models.ForeignKey(to=to, on_delete=how, null=null, related_name=name, **also)


class Migration(migrations.Migration):
    """After the calendar."""

    atomic = False
    dependencies = [("store", "0005_calendar")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(up, down, elidable=False)],
            state_operations=[
                migrations.AlterField(
                    "delivery",
                    "announcement",
                    foreign("store.announcement", name="deliveries", db_index=False),
                ),
                migrations.AlterField(
                    "delivery",
                    "destination",
                    foreign("store.destination", null=True, db_index=False),
                ),
                migrations.AlterField(
                    "receipt",
                    "delivery",
                    foreign("store.delivery", name="receipts", db_constraint=False),
                ),
                migrations.AddIndex(
                    "delivery",
                    models.Index(
                        fields=["destination"],
                        name="delivery_of_destination",
                        condition=models.Q(destination__isnull=False),
                    ),
                ),
            ],
        )
    ]
