"""Tax rules, exemptions, registrations, withholding; addresses and tax numbers of parties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from dotmac_core_ops.database import (
    Instant,
    MoneyAmount,
    append_only,
    isolate_tenants,
    tenant_columns,
    tenant_foreign_key,
    tenant_unique,
)

revision = "billing_0006"
down_revision = "billing_0005"
branch_labels = None
depends_on = None

CHANGEABLE = (
    "tax_registrations",
    "tax_categories",
    "tax_rules",
    "tax_exemptions",
    "tax_withholdings",
    "tax_documents",
)
APPEND_ONLY = ("tax_number_checks",)

_ADDRESS = ("street", "postal_code", "city", "region")
_SELLER = ("tax_id", "registration", "email", "phone", "iban", "bic")


def upgrade() -> None:
    _parties()
    _invoices()
    _law()
    _customers()
    _documents()
    for table in (*CHANGEABLE, *APPEND_ONLY):
        isolate_tenants(f"billing.{table}")
    for table in APPEND_ONLY:
        append_only(f"billing.{table}")


def downgrade() -> None:
    for table in (*APPEND_ONLY, *reversed(CHANGEABLE)):
        op.drop_table(table, schema="billing")
    op.alter_column("invoice_lines", "tax_rate", type_=sa.Numeric(9, 6), schema="billing")
    op.drop_constraint("uq_invoice_taxes_treatment", "invoice_taxes", schema="billing")
    op.create_unique_constraint(
        "uq_invoice_taxes_tenant_id_invoice_id_tax_code_rate",
        "invoice_taxes",
        ["tenant_id", "invoice_id", "tax_code", "rate"],
        schema="billing",
    )
    for table, columns in (
        (
            "invoice_taxes",
            ("treatment", "name", "category", "jurisdiction", "exemption_reason", "exemption_code"),
        ),
        ("invoices", ("tax_rounding",)),
        ("payments", ("withheld",)),
        ("customers", (*_ADDRESS, "tax_id", "tax_id_valid_on", "is_business")),
        (
            "settings",
            (
                *(f"seller_{name}" for name in (*_ADDRESS, *_SELLER)),
                *("tax_rounding", "tax_calculator"),
                *("tax_number_check", "tax_number_unavailable"),
            ),
        ),
    ):
        for column in columns:
            op.drop_column(table, column, schema="billing")


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _enum(name: str, *, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.String(40), nullable=False, server_default=default)


def _country(*, nullable: bool = False) -> sa.Column[object]:
    return sa.Column("country", sa.String(2), nullable=nullable)


def _flag(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _rate() -> sa.Column[object]:
    return sa.Column("rate", sa.Numeric(9, 6), nullable=False)


def _span() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
    )


def _created_at() -> sa.Column[object]:
    return sa.Column("created_at", Instant, nullable=False)


def _customer(*, nullable: bool = False) -> sa.Column[object]:
    return sa.Column("customer_id", sa.Uuid(), nullable=nullable)


def _add(table: str, *columns: sa.Column[object]) -> None:
    for column in columns:
        op.add_column(table, column, schema="billing")


def _parties() -> None:
    _add(
        "customers",
        *(_text(name, nullable=True) for name in _ADDRESS),
        _text("tax_id", nullable=True),
        sa.Column("tax_id_valid_on", sa.Date(), nullable=True),
        sa.Column("is_business", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _add(
        "settings",
        *(_text(f"seller_{name}", nullable=True) for name in (*_ADDRESS, *_SELLER)),
        _enum("tax_rounding", default="group"),
        _enum("tax_calculator", default="own"),
        _enum("tax_number_check", default="offline"),
        _enum("tax_number_unavailable", default="keep"),
    )


def _invoices() -> None:
    """What stands on issued invoices already is one tax each, known by its code alone."""
    _add(
        "invoice_taxes",
        sa.Column("treatment", sa.Text(), nullable=False, server_default=""),
        sa.Column("name", sa.Text(), nullable=False, server_default=""),
        _enum("category", default="S"),
        _text("jurisdiction", nullable=True),
        _text("exemption_reason", nullable=True),
        _text("exemption_code", nullable=True),
    )
    op.drop_constraint(
        "uq_invoice_taxes_tenant_id_invoice_id_tax_code_rate", "invoice_taxes", schema="billing"
    )
    op.create_unique_constraint(
        "uq_invoice_taxes_treatment",
        "invoice_taxes",
        ["tenant_id", "invoice_id", "treatment", "tax_code", "rate"],
        schema="billing",
    )
    # Two taxes of six digits, one on the other, have twelve together.
    op.alter_column("invoice_lines", "tax_rate", type_=sa.Numeric(15, 12), schema="billing")
    _add("invoices", _enum("tax_rounding", default="group"))
    _add(
        "payments",
        sa.Column("withheld", MoneyAmount, nullable=False, server_default=sa.text("0")),
    )


def _law() -> None:
    op.create_table(
        "tax_registrations",
        *tenant_columns(),
        _country(),
        _text("region", nullable=True),
        _enum("scheme"),
        _text("number", nullable=True),
        *_span(),
        _created_at(),
        schema="billing",
    )
    op.create_table(
        "tax_categories",
        *tenant_columns(),
        _text("code"),
        _text("name"),
        _flag("is_goods"),
        _text("external_code", nullable=True),
        _created_at(),
        tenant_unique("code"),
        schema="billing",
    )
    op.create_table(
        "tax_rules",
        *tenant_columns(),
        _country(),
        *(_text(name, nullable=True) for name in ("region", "postal_prefix", "city")),
        _text("product_category", nullable=True),
        _enum("buyer"),
        _enum("supply"),
        *(_text(name) for name in ("slot", "tax_code", "name")),
        _rate(),
        _flag("is_compound"),
        sa.Column("position", sa.Integer(), nullable=False),
        _enum("category"),
        *(_text(each, nullable=True) for each in ("jurisdiction", "exemption_reason")),
        _text("exemption_code", nullable=True),
        *_span(),
        _created_at(),
        schema="billing",
    )
    op.create_index(
        "ix_tax_rules_place",
        "tax_rules",
        ["tenant_id", "country", "region", "postal_prefix"],
        schema="billing",
    )


def _customers() -> None:
    op.create_table(
        "tax_exemptions",
        *tenant_columns(),
        _customer(),
        _country(nullable=True),
        *(_text(name, nullable=True) for name in ("region", "tax_code")),
        *(_text(name) for name in ("certificate", "reason")),
        *(_text(name, nullable=True) for name in ("reason_code", "document_reference")),
        *_span(),
        _created_at(),
        tenant_foreign_key("customer_id", "billing.customers"),
        schema="billing",
    )
    op.create_table(
        "tax_withholdings",
        *tenant_columns(),
        _customer(nullable=True),
        _text("product_category", nullable=True),
        _text("name"),
        _rate(),
        _enum("basis"),
        *_span(),
        _created_at(),
        tenant_foreign_key("customer_id", "billing.customers"),
        schema="billing",
    )
    op.create_table(
        "tax_number_checks",
        *tenant_columns(),
        _customer(nullable=True),
        _country(),
        _text("number"),
        _enum("source"),
        _enum("outcome"),
        *(_text(each, nullable=True) for each in ("name", "address", "request_id")),
        sa.Column("checked_at", Instant, nullable=False),
        tenant_foreign_key("customer_id", "billing.customers"),
        schema="billing",
    )
    for table in ("tax_exemptions", "tax_withholdings", "tax_number_checks"):
        op.create_index(
            f"ix_{table}_customer", table, ["tenant_id", "customer_id"], schema="billing"
        )


def _documents() -> None:
    """What a tax service keeps of documents; nearly all tenants have none."""
    op.create_table(
        "tax_documents",
        *tenant_columns(),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        _enum("service"),
        _enum("status"),
        sa.Column("facts", JSONB(), nullable=False),
        _created_at(),
        sa.Column("settled_at", Instant, nullable=True),
        tenant_foreign_key("invoice_id", "billing.invoices"),
        schema="billing",
    )
    op.create_index(
        "ix_tax_documents_invoice", "tax_documents", ["tenant_id", "invoice_id"], schema="billing"
    )
