"""Alembic's environment: one version table, one branch per package."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from dotmac_core_ops.database.migrate import CombinedMetadata, schemas
from dotmac_core_ops.database.migration import OWNER


def _run(connection: Connection) -> None:
    # From the second run on, everything is made and owned by the owner role; the first migration
    # creates it.
    known = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": OWNER})
    owned = connection.execute(text("SELECT to_regnamespace('core') IS NOT NULL")).scalar_one()
    if known.scalar_one_or_none() and owned:
        connection.execute(text(f"SET ROLE {OWNER}"))
    seconds = int(context.config.attributes.get("lock_timeout_seconds", 10))
    connection.execute(text(f"SET lock_timeout = '{seconds}s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=CombinedMetadata(schema.metadata for schema in schemas()),
        include_schemas=True,
        include_name=_is_ours,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    if kind == "schema":
        return name in {schema.label for schema in schemas()}
    return True


_run(context.config.attributes["connection"])
