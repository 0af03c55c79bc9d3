"""Revenue recognition, the whole chart of accounts, and periods that are closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0010"
down_revision = "billing_0009"
branch_labels = None
depends_on = None

# Whoever posts holds the tenant's lock shared, whoever closes a period holds it alone: no entry
# slips into a month while it is being closed. The statement inside sees what was committed when the
# lock was had.
_REFUSE_CLOSED = """
CREATE FUNCTION billing.refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed date; first_day date;
BEGIN
  SELECT min(occurred_on) INTO first_day FROM new_entries;
  IF first_day IS NULL THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('ledger ' || core.current_tenant(), 0));
  SELECT max(books_closed_on) INTO closed FROM billing.settings
  WHERE tenant_id = core.current_tenant();
  IF first_day <= closed THEN
    RAISE EXCEPTION 'the books are closed up to %, an entry is of %', closed, first_day
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    _columns()
    _schedules()
    _slices()
    op.create_table(
        "ledger_month_sums",
        *tenant_columns(),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        _money("debit"),
        _money("credit"),
        tenant_foreign_key("account_id", "billing.ledger_accounts"),
        tenant_unique("month", "account_id", "currency"),
        schema="billing",
    )
    for table in ("ledger_month_sums", "recognition_schedules", "recognition_slices"):
        isolate_tenants(f"billing.{table}")
    append_only("billing.recognition_slices")
    op.execute(_REFUSE_CLOSED)
    op.execute(
        "CREATE TRIGGER refuse_closed AFTER INSERT ON billing.ledger_entries "
        "REFERENCING NEW TABLE AS new_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_closed()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER refuse_closed ON billing.ledger_entries")
    op.execute("DROP FUNCTION billing.refuse_closed()")
    for table in ("recognition_slices", "recognition_schedules", "ledger_month_sums"):
        op.drop_table(table, schema="billing")
    op.drop_index("ix_ledger_entries_occurred", "ledger_entries", schema="billing")
    for table, column in (
        ("ledger_accounts", "external_code"),
        ("ledger_accounts", "is_own"),
        ("settings", "recognition"),
        ("settings", "books_closed_on"),
    ):
        op.drop_column(table, column, schema="billing")


def _columns() -> None:
    for table, column in (
        ("ledger_accounts", sa.Column("external_code", sa.Text(), nullable=True)),
        (
            "ledger_accounts",
            sa.Column("is_own", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        (
            "settings",
            sa.Column("recognition", sa.String(40), nullable=False, server_default="at_invoice"),
        ),
        ("settings", sa.Column("books_closed_on", sa.Date(), nullable=True)),
    ):
        op.add_column(table, column, schema="billing")
    _index("ix_ledger_entries_occurred", "ledger_entries", "occurred_on", "id")


def _schedules() -> None:
    op.create_table(
        "recognition_schedules",
        *tenant_columns(),
        sa.Column("invoice_line_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        _money("amount"),
        _money("recognised", default="0"),
        _money("taken_back", default="0"),
        _money("planned"),
        sa.Column("planned_from", sa.Date(), nullable=False),
        sa.Column("recognised_on", sa.Date(), nullable=True),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique("invoice_line_id"),
        schema="billing",
        postgresql_with={"fillfactor": 80},
    )
    _index("ix_recognition_schedules_invoice", "recognition_schedules", "invoice_id")
    _index(
        "ix_recognition_schedules_open",
        "recognition_schedules",
        "planned_from",
        where="amount <> recognised + taken_back",
    )


def _slices() -> None:
    op.create_table(
        "recognition_slices",
        *tenant_columns(),
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        _money("recognised"),
        _money("taken_back"),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("schedule_id", "billing.recognition_schedules"),
        schema="billing",
    )
    _index("ix_recognition_slices_schedule", "recognition_slices", "schedule_id")
    _index("ix_recognition_slices_source", "recognition_slices", "source_id")


def _money(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, MoneyAmount, nullable=False, server_default=default)


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    op.create_index(
        name,
        table,
        ["tenant_id", *columns],
        schema="billing",
        postgresql_where=None if where is None else sa.text(where),
    )
