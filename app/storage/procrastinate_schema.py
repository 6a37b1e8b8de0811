"""Tables of procrastinate, which carries notifications between processes on PostgreSQL.

They have their own PostgreSQL schema and hold nothing that the runs table does not: another version of
procrastinate drops and creates them again, and due runs are notified again.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

SCHEMA = "wakeups"
_CREATED_BY = "SELECT obj_description(to_regnamespace(:schema)::oid, 'pg_namespace')"


def prepare(db: Connection) -> None:
    """Creates the tables of the installed version in the caller's transaction; nothing where they exist."""
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - needed on PostgreSQL only and slow to import

    tables = str(SchemaManager.get_schema())
    digest = hashlib.sha256(tables.encode()).hexdigest()
    if db.execute(sa.text(_CREATED_BY), {"schema": SCHEMA}).scalar() == digest:
        return
    db.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    db.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    db.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}")
    connection = db.connection.driver_connection
    assert connection is not None  # noqa: S101 - a connection in a transaction has one
    connection.execute(tables)
    db.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{digest}'")
    db.exec_driver_sql("SET LOCAL search_path = DEFAULT")
