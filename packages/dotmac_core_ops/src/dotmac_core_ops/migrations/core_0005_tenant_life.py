"""The states of a tenant, its settings and domains, and what erases one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database.migration import (
    APP,
    OWNER,
    allow_relay,
    append_only,
    isolate_tenants,
    tenant_columns,
)
from dotmac_core_ops.database.types import Instant, Json

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None

_REFUSE = (
    "RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME "
    "USING ERRCODE = 'restrict_violation'; END $$"
)
_REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION core.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
)
# Only the function below sets it, and only as the owner of the tables: role app, which may set any
# such name, is not the owner and has no right to delete besides.
_UNLESS_ERASING = (
    f"IF TG_OP = 'DELETE' AND current_user = '{OWNER}' "
    "AND current_setting('core.erasing', true) = 'on' THEN RETURN NULL; END IF; "
)

# It runs with the rights of the owner, whom the policies bind as well: it reaches the rows of the
# transaction's tenant, once that is closed, and no others.
_ERASE_ROWS = """
CREATE FUNCTION core.erase_rows(target regclass) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  gone bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM core.tenants
                 WHERE id = core.current_tenant() AND state = 'closed') THEN
    RAISE EXCEPTION 'only a closed tenant is erased' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                 WHERE c.oid = target AND c.relforcerowsecurity AND a.attname = 'tenant_id') THEN
    RAISE EXCEPTION '% has no rows of tenants', target USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('core.erasing', 'on', true);
  EXECUTE format('DELETE FROM %s WHERE tenant_id = (SELECT core.current_tenant())', target);
  GET DIAGNOSTICS gone = ROW_COUNT;
  PERFORM set_config('core.erasing', '', true);
  RETURN gone;
END $$
"""


def upgrade() -> None:
    _tenants()
    _domains()
    _settings()
    _erasures()
    op.execute(_REFUSE_CHANGE + _UNLESS_ERASING + _REFUSE)
    op.execute(_ERASE_ROWS)
    op.execute("REVOKE ALL ON FUNCTION core.erase_rows(regclass) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION core.erase_rows(regclass) TO {APP}")


def _tenants() -> None:
    op.add_column(
        "tenants",
        sa.Column("state", sa.String(40), nullable=False, server_default="active"),
        schema="core",
    )
    op.add_column(
        "tenants",
        sa.Column("is_operator", sa.Boolean(), nullable=False, server_default=sa.false()),
        schema="core",
    )
    op.add_column("tenants", sa.Column("erased_at", Instant), schema="core")
    # One's own policy for one statement, because the table's binds its owner too.
    op.execute(f"CREATE POLICY migration ON core.tenants TO {OWNER} USING (true)")
    op.execute("UPDATE core.tenants SET state = 'closed' WHERE NOT is_active")
    op.execute("DROP POLICY migration ON core.tenants")
    op.create_index(
        "uq_tenants_operator",
        "tenants",
        ["is_operator"],
        unique=True,
        schema="core",
        postgresql_where=sa.text("is_operator"),
    )


def _domains() -> None:
    op.create_table(
        "domains",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("verified_at", Instant),
        sa.Column("checked_at", Instant),
        sa.Column("problem", sa.Text()),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id", "name"),
        schema="core",
    )
    op.create_index(
        "uq_domains_verified",
        "domains",
        ["name"],
        unique=True,
        schema="core",
        postgresql_where=sa.text("verified_at IS NOT NULL"),
    )
    isolate_tenants("core.domains")
    allow_relay("core.domains", "SELECT")


def _settings() -> None:
    op.create_table(
        "tenant_settings",
        *tenant_columns(),
        sa.Column("settings", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.UniqueConstraint("tenant_id"),
        sa.CheckConstraint("id = tenant_id", name="own"),
        schema="core",
    )
    isolate_tenants("core.tenant_settings")


def _erasures() -> None:
    op.create_table(
        "tenant_erasures",
        *tenant_columns(),
        sa.Column("erased_at", Instant, nullable=False),
        sa.Column("erased_by", sa.Text(), nullable=False),
        sa.Column("rows", Json, nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("audit_block", sa.BigInteger()),
        sa.Column("audit_hash", sa.Text()),
        schema="core",
    )
    isolate_tenants("core.tenant_erasures")
    append_only("core.tenant_erasures")


def downgrade() -> None:
    op.execute("DROP FUNCTION core.erase_rows(regclass)")
    op.execute(_REFUSE_CHANGE + _REFUSE)
    for table in ("tenant_erasures", "tenant_settings", "domains"):
        op.drop_table(table, schema="core")
    op.drop_index("uq_tenants_operator", "tenants", schema="core")
    for column in ("erased_at", "is_operator", "state"):
        op.drop_column("tenants", column, schema="core")
