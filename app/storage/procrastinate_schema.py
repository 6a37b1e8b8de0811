"""The tables of procrastinate, which carries wake-ups between processes on PostgreSQL.

They stand in a PostgreSQL schema of their own and hold nothing that the journal does not know: another version of
procrastinate finds them dropped and made anew, and whoever is due is woken again.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

SCHEMA = "wakeups"
_MADE_BY = "SELECT obj_description(to_regnamespace(:schema)::oid, 'pg_namespace')"


def prepare(db: Connection) -> None:
    """Makes the tables of the installed version, in the caller's transaction; nothing when they are there."""
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - only PostgreSQL needs it, and it takes long to import

    tables = str(SchemaManager.get_schema())
    made_by = hashlib.sha256(tables.encode()).hexdigest()
    if db.execute(sa.text(_MADE_BY), {"schema": SCHEMA}).scalar() == made_by:
        return
    db.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    db.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    db.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}")
    statements = db.connection.driver_connection
    assert statements is not None  # noqa: S101 - a connection in a transaction has one
    statements.execute(tables)
    db.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{made_by}'")
    db.exec_driver_sql("SET LOCAL search_path = DEFAULT")
