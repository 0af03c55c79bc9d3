"""What customers still lacked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    APP_ROLE,
    OWNER_ROLE,
    Instant,
    isolate_tenants,
    tenant_columns,
    tenant_unique,
)

revision = "customers_0007"
down_revision = "customers_0006"
branch_labels = None
depends_on = None

# Only the function below sets it, and only as the owner of the table: role app, which may set any
# such name, is not the owner and has no right to update besides.
_APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON customers.state_changes
FOR EACH STATEMENT {} EXECUTE FUNCTION core.refuse_change()
"""
_UNLESS_FORGETTING = f"""
WHEN (current_user <> '{OWNER_ROLE}'
  OR current_setting('customers.forgetting', true) IS DISTINCT FROM 'on')
"""

# The moves of a customer who was erased stay as they were; what somebody wrote beside them does
# not. It runs with the rights of the owner, whom the policies bind as well: it reaches the rows of
# the transaction's tenant and no others.
_FORGET_NOTES = """
CREATE FUNCTION customers.forget_notes_of_moves(target uuid) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM customers.customers WHERE id = target AND erased_at IS NOT NULL) THEN
    RAISE EXCEPTION 'only of who was erased' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('customers.forgetting', 'on', true);
  UPDATE customers.state_changes SET note = NULL WHERE customer_id = target AND note IS NOT NULL;
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('customers.forgetting', '', true);
  RETURN changed;
END $$
"""


def upgrade() -> None:
    op.add_column("customers", sa.Column("erased_at", Instant), schema="customers")
    op.execute("DROP TRIGGER append_only ON customers.state_changes")
    op.execute(_APPEND_ONLY.format(_UNLESS_FORGETTING))
    op.execute(_FORGET_NOTES)
    op.execute("REVOKE ALL ON FUNCTION customers.forget_notes_of_moves(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION customers.forget_notes_of_moves(uuid) TO {APP_ROLE}")
    _suppressed_addresses()
    _retention_reasons()
    # Customers see in the portal what was shared with them.
    op.add_column(
        "documents",
        sa.Column("is_shared", sa.Boolean(), nullable=False, server_default=sa.false()),
        schema="customers",
    )


def downgrade() -> None:
    op.drop_table("retention_reasons", schema="customers")
    op.drop_column("documents", "is_shared", schema="customers")
    # What is left of who was forgotten cannot be read any more: there is no way back but to let go.
    op.execute(
        "CREATE POLICY backfill ON customers.suppressed_addresses TO CURRENT_USER USING (true)"
    )
    op.execute("DELETE FROM customers.suppressed_addresses WHERE address IS NULL")
    op.execute("DROP POLICY backfill ON customers.suppressed_addresses")
    op.drop_column("suppressed_addresses", "digest", schema="customers")
    op.alter_column("suppressed_addresses", "address", nullable=False, schema="customers")
    op.execute("DROP FUNCTION customers.forget_notes_of_moves(uuid)")
    op.execute("DROP TRIGGER append_only ON customers.state_changes")
    op.execute(_APPEND_ONLY.format(""))
    op.drop_column("customers", "erased_at", schema="customers")


def _suppressed_addresses() -> None:
    op.alter_column("suppressed_addresses", "address", nullable=True, schema="customers")
    op.add_column("suppressed_addresses", sa.Column("digest", sa.LargeBinary()), schema="customers")
    op.create_unique_constraint(
        "uq_suppressed_addresses_tenant_id_channel_digest",
        "suppressed_addresses",
        ["tenant_id", "channel", "digest"],
        schema="customers",
    )
    op.create_check_constraint(
        "address_or_digest",
        "suppressed_addresses",
        "(address IS NULL) <> (digest IS NULL)",
        schema="customers",
    )


def _retention_reasons() -> None:
    op.create_table(
        "retention_reasons",
        *tenant_columns(),
        sa.Column("subject", sa.String(63), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        tenant_unique("subject"),
        schema="customers",
    )
    isolate_tenants("customers.retention_reasons")
