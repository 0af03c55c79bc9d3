"""Versions of a customer who was forgotten lose what no document needs."""

from __future__ import annotations

from alembic import op

from dotmac_core_ops.database import APP_ROLE, OWNER_ROLE

revision = "billing_0016"
down_revision = "billing_0015"
branch_labels = None
depends_on = None

# Only the function below sets it, and only as the owner of the table: role app, which may set any
# such name, is not the owner and has no right to update besides.
_APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON billing.party_versions
FOR EACH STATEMENT {} EXECUTE FUNCTION core.refuse_change()
"""
_UNLESS_FORGETTING = f"""
WHEN (current_user <> '{OWNER_ROLE}'
  OR current_setting('billing.forgetting', true) IS DISTINCT FROM 'on')
"""

# It runs with the rights of the owner, whom the policies bind as well: it reaches the rows of the
# transaction's tenant and no others, and of those only the customers that were made anonymous.
# An invoice keeps whom it was made out to and where they lived (directive 2006/112/EC art. 226(5)
# and 226(4)); how they were reached is no part of it. What no invoice names keeps nothing.
_FORGET = """
CREATE FUNCTION billing.forget_party(target uuid) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM billing.customers c
                 WHERE c.id = target AND c.name = 'Erased' AND c.email IS NULL) THEN
    RAISE EXCEPTION 'only who was made anonymous is forgotten'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('billing.forgetting', 'on', true);
  UPDATE billing.party_versions v
  SET data = v.data || '{"email": null, "phone": null}'::jsonb || CASE
    WHEN EXISTS (SELECT FROM billing.invoices i
                 WHERE i.customer_id = target AND i.customer_version = v.version) THEN '{}'::jsonb
    ELSE '{"name": "Erased", "company_name": null, "street": null, "postal_code": null,
           "city": null, "region": null, "tax_id": null}'::jsonb END
  WHERE v.party = 'customer' AND v.party_id = target;
  GET DIAGNOSTICS changed = ROW_COUNT;
  PERFORM set_config('billing.forgetting', '', true);
  RETURN changed;
END $$
"""


def upgrade() -> None:
    op.execute("DROP TRIGGER append_only ON billing.party_versions")
    op.execute(_APPEND_ONLY.format(_UNLESS_FORGETTING))
    op.execute(_FORGET)
    op.execute("REVOKE ALL ON FUNCTION billing.forget_party(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION billing.forget_party(uuid) TO {APP_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION billing.forget_party(uuid)")
    op.execute("DROP TRIGGER append_only ON billing.party_versions")
    op.execute(_APPEND_ONLY.format(""))
