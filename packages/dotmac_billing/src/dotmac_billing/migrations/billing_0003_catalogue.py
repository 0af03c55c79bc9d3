"""Products, phases, charge models, add-ons, entitlements, change rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    Json,
    isolate_tenants,
    tenant_columns,
    tenant_unique,
)

revision = "billing_0003"
down_revision = "billing_0002"
branch_labels = None
depends_on = None

PRODUCT_KEY = "fk_plans_product_id"


def upgrade() -> None:
    op.create_table(
        "products",
        *tenant_columns(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        tenant_unique("code"),
        schema="billing",
    )
    op.create_table(
        "change_rules",
        *tenant_columns(),
        sa.Column("from_what", sa.Text(), nullable=False),
        sa.Column("to_what", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(40), nullable=False),
        sa.Column("behaviour", sa.String(40), nullable=False),
        tenant_unique("from_what", "to_what", "direction"),
        schema="billing",
    )
    for table in ("products", "change_rules"):
        isolate_tenants(f"billing.{table}")
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column, schema="billing")
    op.create_foreign_key(
        PRODUCT_KEY,
        "plans",
        "products",
        ["tenant_id", "product_id"],
        ["tenant_id", "id"],
        source_schema="billing",
        referent_schema="billing",
    )


def downgrade() -> None:
    op.drop_constraint(PRODUCT_KEY, "plans", schema="billing")
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name, schema="billing")
    op.drop_table("change_rules", schema="billing")
    op.drop_table("products", schema="billing")


def _added() -> dict[str, list[sa.Column[object]]]:
    return {
        "plans": [
            sa.Column("product_id", sa.Uuid(), nullable=True),
            _flag("is_add_on", is_on=False),
        ],
        "plan_versions": [
            _json("phases", "[]"),
            _word("alignment", "anniversary"),
            sa.Column("term_months", sa.Integer(), nullable=True),
            _flag("renews", is_on=True),
            _json("termination_fee", "{}"),
            _json("add_on_to", "[]"),
            _json("features", "{}"),
            _word("rollout", "never"),
            sa.Column("rollout_on", sa.Date(), nullable=True),
            _json("change_rules", "[]"),
        ],
        "price_components": [
            sa.Column("cycle", sa.String(40), nullable=True),
            sa.Column("timing", sa.String(40), nullable=True),
            sa.Column("prices", Json, nullable=True),
            sa.Column("meter", sa.Text(), nullable=True),
            _json("filters", "{}"),
            _json("group_by", "[]"),
            _json("phases", "[]"),
            _flag("is_prorated", is_on=True),
            _flag("includes_tax", is_on=False),
        ],
    }


def _json(name: str, default: str) -> sa.Column[object]:
    return sa.Column(name, Json, nullable=False, server_default=sa.text(f"'{default}'::jsonb"))


def _word(name: str, default: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(40), nullable=False, server_default=default)


def _flag(name: str, *, is_on: bool) -> sa.Column[object]:
    return sa.Column(
        name, sa.Boolean(), nullable=False, server_default=sa.true() if is_on else sa.false()
    )
