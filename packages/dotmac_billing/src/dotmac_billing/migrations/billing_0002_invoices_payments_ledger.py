"""Ledger, invoices, payments, bill runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    Quantity,
    UnitPrice,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0002"
down_revision = "billing_0001"
branch_labels = None
depends_on = None

CHANGEABLE = (
    "ledger_accounts",
    "number_series",
    "invoice_balances",
    "payment_balances",
    "bill_runs",
)
APPEND_ONLY = (
    "ledger_entries",
    "ledger_postings",
    "invoices",
    "invoice_lines",
    "invoice_taxes",
    "payments",
    "payment_allocations",
)

# Only the statement's own rows are summed: when every statement's share of an entry is zero, so is
# the entry. Asking the table again would cost as much as the insert.
_REFUSE_UNBALANCED = """
CREATE FUNCTION billing.refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE entry uuid;
BEGIN
  SELECT entry_id INTO entry FROM new_postings
  GROUP BY tenant_id, entry_id HAVING sum(amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger entry % does not sum to zero', entry USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    _ledger()
    _invoices()
    _balances()
    _lines_and_taxes()
    _payments()
    _runs()
    for table in (*CHANGEABLE, *APPEND_ONLY):
        isolate_tenants(f"billing.{table}")
    for table in APPEND_ONLY:
        append_only(f"billing.{table}")
    op.execute(_REFUSE_UNBALANCED)
    op.execute(
        "CREATE TRIGGER refuse_unbalanced AFTER INSERT ON billing.ledger_postings "
        "REFERENCING NEW TABLE AS new_postings "
        "FOR EACH STATEMENT EXECUTE FUNCTION billing.refuse_unbalanced()"
    )


def downgrade() -> None:
    for table in (
        "bill_runs",
        "payment_allocations",
        "payment_balances",
        "payments",
        "invoice_taxes",
        "invoice_lines",
        "invoice_balances",
        "invoices",
        "number_series",
        "ledger_postings",
        "ledger_entries",
        "ledger_accounts",
    ):
        op.drop_table(table, schema="billing")
    op.execute("DROP FUNCTION billing.refuse_unbalanced()")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _enum(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(40), nullable=False)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _money(name: str) -> sa.Column[object]:
    return sa.Column(name, MoneyAmount, nullable=False)


def _reference(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, Instant, nullable=nullable)


def _currency() -> sa.Column[str]:
    return sa.Column("currency", sa.String(3), nullable=False)


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    op.create_index(
        name,
        table,
        ["tenant_id", *columns],
        schema="billing",
        postgresql_where=None if where is None else sa.text(where),
    )


def _ledger() -> None:
    op.create_table(
        "ledger_accounts",
        *tenant_columns(),
        _text("code"),
        _text("name"),
        _enum("kind"),
        tenant_unique("code"),
        schema="billing",
    )
    op.create_table(
        "ledger_entries",
        *tenant_columns(),
        _day("occurred_on"),
        _text("source_type"),
        _reference("source_id"),
        _currency(),
        _text("description"),
        _instant("created_at"),
        tenant_unique("source_type", "source_id"),
        schema="billing",
    )
    op.create_table(
        "ledger_postings",
        *tenant_columns(),
        _reference("entry_id"),
        _reference("account_id"),
        _reference("customer_id", nullable=True),
        _money("amount"),
        tenant_foreign_key("entry_id", "billing.ledger_entries"),
        tenant_foreign_key("account_id", "billing.ledger_accounts"),
        schema="billing",
    )
    _index("ix_ledger_postings_tenant_id_entry_id", "ledger_postings", "entry_id")


def _invoices() -> None:
    op.create_table(
        "number_series",
        *tenant_columns(),
        _text("series"),
        sa.Column("next_sequence", sa.BigInteger(), nullable=False),
        tenant_unique("series"),
        schema="billing",
    )
    op.create_table(
        "invoices",
        *tenant_columns(),
        _text("number"),
        _text("series"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        _reference("customer_id"),
        _reference("subscription_id", nullable=True),
        _enum("kind"),
        _day("period_start", nullable=True),
        _day("period_end", nullable=True),
        _day("issued_on"),
        _day("due_on"),
        _currency(),
        _money("net"),
        _money("tax"),
        _money("total"),
        sa.Column("historical", sa.Boolean(), nullable=False),
        _reference("run_id", nullable=True),
        _instant("created_at"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("subscription_id", "billing.subscriptions"),
        tenant_unique("series", "sequence"),
        tenant_unique("number"),
        tenant_unique("subscription_id", "kind", "period_start", name="uq_invoices_period"),
        schema="billing",
    )
    _index("ix_invoices_customer", "invoices", "customer_id", "issued_on")


def _balances() -> None:
    op.create_table(
        "invoice_balances",
        *tenant_columns(),
        _reference("customer_id"),
        _currency(),
        _enum("status"),
        _money("total"),
        _money("amount_paid"),
        _money("amount_due"),
        _day("due_on"),
        _day("paid_on", nullable=True),
        tenant_foreign_key("id", "billing.invoices"),
        schema="billing",
        postgresql_with={"fillfactor": 80},
    )
    _index(
        "ix_invoice_balances_open",
        "invoice_balances",
        "customer_id",
        "due_on",
        where="amount_due > 0",
    )


def _lines_and_taxes() -> None:
    op.create_table(
        "invoice_lines",
        *tenant_columns(),
        _reference("invoice_id"),
        _number("position"),
        _reference("item_id", nullable=True),
        _reference("component_id", nullable=True),
        _text("description"),
        sa.Column("quantity", Quantity, nullable=False),
        sa.Column("unit_price", UnitPrice, nullable=False),
        _money("net"),
        _text("tax_code", nullable=True),
        sa.Column("tax_rate", sa.Numeric(9, 6), nullable=True),
        _day("period_start", nullable=True),
        _day("period_end", nullable=True),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique("invoice_id", "position"),
        schema="billing",
    )
    op.create_table(
        "invoice_taxes",
        *tenant_columns(),
        _reference("invoice_id"),
        _text("tax_code"),
        sa.Column("rate", sa.Numeric(9, 6), nullable=False),
        _money("net"),
        _money("tax"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique("invoice_id", "tax_code", "rate"),
        schema="billing",
    )


def _payments() -> None:
    op.create_table(
        "payments",
        *tenant_columns(),
        _reference("customer_id"),
        _money("amount"),
        _currency(),
        _text("method"),
        _day("received_on"),
        _text("reference", nullable=True),
        _text("external_id", nullable=True),
        _instant("created_at"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("external_id"),
        schema="billing",
    )
    _index("ix_payments_customer", "payments", "customer_id", "received_on")
    _index("ix_payments_received", "payments", "received_on", "id")
    op.create_table(
        "payment_balances",
        *tenant_columns(),
        _reference("customer_id"),
        _currency(),
        _day("received_on"),
        _money("unapplied"),
        tenant_foreign_key("id", "billing.payments"),
        schema="billing",
        postgresql_with={"fillfactor": 70},
    )
    _index(
        "ix_payment_balances_credit",
        "payment_balances",
        "customer_id",
        "received_on",
        where="unapplied > 0",
    )
    op.create_table(
        "payment_allocations",
        *tenant_columns(),
        _reference("payment_id"),
        _reference("invoice_id"),
        _money("amount"),
        _day("allocated_on"),
        tenant_foreign_key("payment_id", "billing.payments"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        schema="billing",
    )
    _index("ix_payment_allocations_payment", "payment_allocations", "payment_id")
    _index("ix_payment_allocations_invoice", "payment_allocations", "invoice_id")


def _runs() -> None:
    op.create_table(
        "bill_runs",
        *tenant_columns(),
        _day("through"),
        sa.Column("historical", sa.Boolean(), nullable=False),
        _enum("status"),
        _instant("started_at"),
        _instant("updated_at"),
        _instant("finished_at", nullable=True),
        sa.Column("invoices", sa.BigInteger(), nullable=False),
        _money("total"),
        _number("chunks"),
        _number("failed"),
        _day("wave", nullable=True),
        _text("error", nullable=True),
        schema="billing",
        postgresql_with={"fillfactor": 50},
    )
    _index("ix_bill_runs_started", "bill_runs", "started_at")
