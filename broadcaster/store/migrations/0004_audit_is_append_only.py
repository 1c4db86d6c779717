"""The audit log only grows: triggers refuse to change, replace, delete or truncate its rows.

SQLite drops a table's triggers when Django remakes the table: a later migration that alters
AuditEntry must call `stand` again at its end. A test holds the migrated database to that.
"""

from django.db import migrations

TABLE = "store_auditentry"
WORDS = "the audit log is append-only"

SQLITE_UP = (
    f"""
    CREATE TRIGGER audit_keeps_updates BEFORE UPDATE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END
    """,
    f"""
    CREATE TRIGGER audit_keeps_deletes BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END
    """,
    # INSERT OR REPLACE deletes what is in its way, and fires no DELETE trigger.
    f"""
    CREATE TRIGGER audit_keeps_replaces BEFORE INSERT ON {TABLE}
    WHEN EXISTS (
        SELECT 1 FROM {TABLE}
        WHERE id = NEW.id OR previous = NEW.previous OR hash = NEW.hash
    )
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END
    """,
)
SQLITE_DOWN = (
    "DROP TRIGGER IF EXISTS audit_keeps_updates",
    "DROP TRIGGER IF EXISTS audit_keeps_deletes",
    "DROP TRIGGER IF EXISTS audit_keeps_replaces",
)
POSTGRES_UP = (
    f"""
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
    """,
    f"""
    CREATE TRIGGER audit_keeps_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
)
POSTGRES_DOWN = (
    f"DROP TRIGGER IF EXISTS audit_keeps_rows ON {TABLE}",
    "DROP FUNCTION IF EXISTS audit_is_append_only()",
)


def stand(_apps, editor):
    """Put the guards up."""
    postgres = editor.connection.vendor == "postgresql"
    for statement in POSTGRES_UP if postgres else SQLITE_UP:
        editor.execute(statement)


def step_down(_apps, editor):
    """Take the guards away."""
    postgres = editor.connection.vendor == "postgresql"
    for statement in POSTGRES_DOWN if postgres else SQLITE_DOWN:
        editor.execute(statement)


class Migration(migrations.Migration):
    """After the tables of staff and records."""

    dependencies = [("store", "0003_staff_and_records")]
    operations = [migrations.RunPython(stand, step_down, elidable=False)]
