"""Credit notes, debit notes, write-offs, late fees, number formats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database import (
    Instant,
    Json,
    MoneyAmount,
    Quantity,
    UnitPrice,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0008"
down_revision = "billing_0007"
branch_labels = None
depends_on = None

CHANGEABLE = ("credit_note_refunds", "invoice_drafts", "late_fee_rules", "late_fee_waivers")
APPEND_ONLY = (
    "credit_notes",
    "credit_note_lines",
    "credit_note_taxes",
    "write_offs",
    "late_fee_charges",
)


def upgrade() -> None:
    _columns()
    _credit_notes()
    _credit_note_lines()
    _credit_note_taxes()
    _write_offs()
    _drafts()
    _late_fees()
    for table in (*CHANGEABLE, *APPEND_ONLY):
        isolate_tenants(f"billing.{table}")
    for table in APPEND_ONLY:
        append_only(f"billing.{table}")


def downgrade() -> None:
    for table in (
        "late_fee_waivers",
        "late_fee_charges",
        "late_fee_rules",
        "invoice_drafts",
        "write_offs",
        "credit_note_refunds",
        "credit_note_taxes",
        "credit_note_lines",
        "credit_notes",
    ):
        op.drop_table(table, schema="billing")
    for index, table in (
        ("uq_payments_source", "payments"),
        ("ix_ledger_postings_customer", "ledger_postings"),
        ("ix_invoices_corrects", "invoices"),
    ):
        op.drop_index(index, table, schema="billing")
    for table, column in (
        ("payments", "kind"),
        ("payments", "source_id"),
        ("invoices", "corrects_id"),
        ("invoice_balances", "amount_credited"),
        ("invoice_balances", "amount_written_off"),
        ("invoice_balances", "sent_at"),
        ("invoice_balances", "overdue_told_on"),
        ("invoice_balances", "closed_on"),
        ("number_series", "skipped"),
        ("ledger_entries", "reverses_id"),
        ("settings", "credit_note_number_format"),
        ("settings", "debit_note_number_format"),
        ("settings", "numbers_reset"),
        ("settings", "due_rule"),
        ("settings", "due_moves_to_business_day"),
        ("customers", "due_rule"),
    ):
        op.drop_column(table, column, schema="billing")


def _add(table: str, *columns: sa.Column[object]) -> None:
    for column in columns:
        op.add_column(table, column, schema="billing")


def _columns() -> None:
    _add("payments", _text("kind", default="payment"), _reference("source_id", nullable=True))
    _index("uq_payments_source", "payments", "kind", "source_id", where="source_id IS NOT NULL")
    _add("invoices", _reference("corrects_id", nullable=True))
    _index("ix_invoices_corrects", "invoices", "corrects_id", where="corrects_id IS NOT NULL")
    _add(
        "invoice_balances",
        _money("amount_credited", default="0"),
        _money("amount_written_off", default="0"),
        sa.Column("sent_at", Instant, nullable=True),
        sa.Column("overdue_told_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
    )
    _add("number_series", sa.Column("skipped", sa.BigInteger(), nullable=False, server_default="0"))
    _add("ledger_entries", _reference("reverses_id", nullable=True))
    _index(
        "ix_ledger_postings_customer",
        "ledger_postings",
        "customer_id",
        where="customer_id IS NOT NULL",
    )
    _add(
        "settings",
        _text("credit_note_number_format", default="CN-{seq:06d}"),
        _text("debit_note_number_format", default="DN-{seq:06d}"),
        _enum("numbers_reset", default="never"),
        _enum("due_rule", default="net"),
        _flag("due_moves_to_business_day"),
    )
    _add("customers", sa.Column("due_rule", sa.String(40), nullable=True))


def _credit_notes() -> None:
    op.create_table(
        "credit_notes",
        *tenant_columns(),
        _text("number"),
        _text("series"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        _reference("invoice_id"),
        _reference("customer_id"),
        _day("issued_on"),
        sa.Column("currency", sa.String(3), nullable=False),
        _money("net"),
        _money("tax"),
        _money("total"),
        _enum("reason"),
        _text("memo", nullable=True),
        _money("settled"),
        _money("credited"),
        _money("to_refund"),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("series", "sequence"),
        tenant_unique("number"),
        schema="billing",
    )
    _index("ix_credit_notes_invoice", "credit_notes", "invoice_id")
    _index("ix_credit_notes_customer", "credit_notes", "customer_id", "issued_on")


def _credit_note_lines() -> None:
    op.create_table(
        "credit_note_lines",
        *tenant_columns(),
        _reference("credit_note_id"),
        _number("position"),
        _reference("invoice_line_id"),
        _text("description"),
        sa.Column("quantity", Quantity, nullable=False),
        sa.Column("unit_price", UnitPrice, nullable=False),
        sa.Column("units", Quantity, nullable=False),
        _money("net"),
        _text("tax_code", nullable=True),
        sa.Column("tax_rate", sa.Numeric(15, 12), nullable=True),
        tenant_foreign_key("credit_note_id", "billing.credit_notes"),
        tenant_foreign_key("invoice_line_id", "billing.invoice_lines"),
        tenant_unique("credit_note_id", "position"),
        schema="billing",
    )
    _index("ix_credit_note_lines_line", "credit_note_lines", "invoice_line_id")


def _credit_note_taxes() -> None:
    op.create_table(
        "credit_note_taxes",
        *tenant_columns(),
        _reference("credit_note_id"),
        _reference("invoice_tax_id"),
        _money("net"),
        _money("tax"),
        tenant_foreign_key("credit_note_id", "billing.credit_notes"),
        tenant_foreign_key("invoice_tax_id", "billing.invoice_taxes"),
        tenant_unique("credit_note_id", "invoice_tax_id"),
        schema="billing",
    )
    _index("ix_credit_note_taxes_tax", "credit_note_taxes", "invoice_tax_id")
    op.create_table(
        "credit_note_refunds",
        *tenant_columns(),
        _reference("customer_id"),
        sa.Column("currency", sa.String(3), nullable=False),
        _money("amount"),
        _money("paid"),
        _day("paid_on", nullable=True),
        _text("reference", nullable=True),
        tenant_foreign_key("id", "billing.credit_notes"),
        schema="billing",
    )


def _write_offs() -> None:
    op.create_table(
        "write_offs",
        *tenant_columns(),
        _reference("invoice_id"),
        _money("amount"),
        _money("tax"),
        _day("occurred_on"),
        _text("reason"),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        schema="billing",
    )
    _index("ix_write_offs_invoice", "write_offs", "invoice_id")


def _drafts() -> None:
    op.create_table(
        "invoice_drafts",
        *tenant_columns(),
        _reference("customer_id"),
        _enum("status"),
        _day("issued_on", nullable=True),
        _day("due_on", nullable=True),
        sa.Column("lines", Json, nullable=False),
        _text("memo", nullable=True),
        _reference("copied_from_id", nullable=True),
        _reference("invoice_id", nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        _number("version"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        schema="billing",
    )
    _index("ix_invoice_drafts_created", "invoice_drafts", "created_at")
    _index("ix_invoice_drafts_customer", "invoice_drafts", "customer_id")


def _late_fees() -> None:
    op.create_table(
        "late_fee_rules",
        *tenant_columns(),
        _text("code"),
        _enum("kind"),
        _number("grace_days"),
        sa.Column("currency", sa.String(3), nullable=True),
        sa.Column("amount", MoneyAmount, nullable=True),
        sa.Column("rate", sa.Numeric(9, 6), nullable=True),
        sa.Column("minimum_due", MoneyAmount, nullable=True),
        sa.Column("cap", MoneyAmount, nullable=True),
        _text("tax_code", nullable=True),
        _text("description"),
        _flag("is_active", default="true"),
        sa.Column("created_at", Instant, nullable=False),
        _number("version"),
        tenant_unique("code"),
        schema="billing",
    )
    op.create_table(
        "late_fee_charges",
        *tenant_columns(),
        _reference("rule_id"),
        _reference("invoice_id"),
        _reference("customer_id"),
        _day("from_on"),
        _day("to_on"),
        _money("base"),
        _money("amount"),
        sa.Column("currency", sa.String(3), nullable=False),
        _reference("pending_line_id", nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("rule_id", "billing.late_fee_rules"),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_foreign_key("customer_id", "billing.customers"),
        tenant_unique("invoice_id", "rule_id", "from_on"),
        schema="billing",
    )
    op.create_table(
        "late_fee_waivers",
        *tenant_columns(),
        _reference("invoice_id"),
        _text("reason"),
        sa.Column("created_at", Instant, nullable=False),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_unique("invoice_id"),
        schema="billing",
    )


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def _enum(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.String(40), nullable=False, server_default=default)


def _flag(name: str, default: str = "false") -> sa.Column[object]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text(default))


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _number(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _money(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, MoneyAmount, nullable=False, server_default=default)


def _reference(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _index(name: str, table: str, *columns: str, where: str | None = None) -> None:
    op.create_index(
        name,
        table,
        ["tenant_id", *columns],
        schema="billing",
        unique=name.startswith("uq_"),
        postgresql_where=None if where is None else sa.text(where),
    )
