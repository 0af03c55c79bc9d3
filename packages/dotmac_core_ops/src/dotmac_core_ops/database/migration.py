"""What migrations share: schemas, tenant isolation, append-only tables, grants.

Every function here is called from an Alembic migration and acts on its connection.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

OWNER = "dotmac_owner"
APP = "dotmac_app"
RELAY = "dotmac_relay"

_POLICY = "tenant_id = (SELECT core.current_tenant())"


def tenant_columns() -> tuple[sa.Column[object] | sa.PrimaryKeyConstraint, ...]:
    """The columns and the primary key that `TenantOwned` maps."""
    return (
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            nullable=False,
            server_default=sa.text("core.current_tenant()"),
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )


def create_schema(name: str) -> None:
    """A schema that `app` and `relay` may look into; what they may do there is granted by table."""
    op.execute(f"CREATE SCHEMA {name}")
    op.execute(f"GRANT USAGE ON SCHEMA {name} TO {APP}, {RELAY}")


def drop_schema(name: str) -> None:
    """Remove the schema with all that is in it."""
    op.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")


def isolate_tenants(table: str) -> None:
    """Let role `app` see and write `table`'s rows of the transaction's tenant, and nobody else's.

    The policy compares with a sub-select: PostgreSQL then asks for the tenant once per query
    instead of once per row. FORCE binds the table's owner as well.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant_isolation ON {table} USING ({_POLICY}) WITH CHECK ({_POLICY})"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def append_only(table: str) -> None:
    """Make what was written in `table` stand: no UPDATE, DELETE or TRUNCATE, by grant and trigger.

    The trigger holds for the owner too, whom grants do not bind.
    """
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}, {RELAY}")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change()"
    )


def allow_relay(table: str, rights: str) -> None:
    """Let role `relay` use `rights` (such as `SELECT, UPDATE`) on all tenants' rows of `table`."""
    op.execute(f"CREATE POLICY relay_access ON {table} TO {RELAY} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT {rights} ON {table} TO {RELAY}")
