"""`make migration` writes the next file of the right package."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest
import sqlalchemy as sa

from dotmac_core_ops.database import (
    MoneyAmount,
    Schema,
    enum_type,
    tenant_index,
    tenant_metadata,
    tenant_unique,
)
from tools.new_migration import difference, next_number, render, schema_of, slug


class Kind(StrEnum):
    """What a pin is for."""

    NOTE = "note"


def test_files_are_numbered_on(tmp_path: Path) -> None:
    assert next_number(tmp_path, "billing") == 1

    (tmp_path / "billing_0001_catalogue.py").touch()
    (tmp_path / "billing_0007_reminders.py").touch()
    (tmp_path / "notes_0009_other.py").touch()

    assert next_number(tmp_path, "billing") == 8


def test_a_message_becomes_a_file_name() -> None:
    assert slug("Add the due day, at last!") == "add_the_due_day_at_last"


@pytest.mark.parametrize("name", ["billing", "dotmac_billing", "dotmac-billing"])
def test_a_package_is_known_by_label_and_by_name(name: str) -> None:
    assert schema_of(name).label == "billing"


def test_an_unknown_package_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LookupError, match="billing"):
        schema_of("nowhere")


async def test_a_new_table_is_written_with_its_isolation(database_url: str) -> None:
    metadata = tenant_metadata("pins")
    sa.Table(
        "pins",
        metadata,
        sa.Column("tenant_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("price", MoneyAmount, nullable=False),
    )
    schema = Schema("pins", metadata, Path("migrations"))

    script = await difference(database_url, schema)
    assert script is not None
    text = render(schema, 1, "Pins", script)

    compile(text, "pins_0001_pins.py", "exec")
    assert 'branch_labels = ("pins",)' in text
    assert "sa.Column('price', MoneyAmount, nullable=False)" in text
    assert text.index('create_schema("pins")') < text.index("op.create_table(")
    assert text.index("op.create_table(") < text.index('isolate_tenants("pins.pins")')
    assert "import MoneyAmount, create_schema, drop_schema, isolate_tenants\n" in text


async def test_tables_are_written_as_people_here_write_them(database_url: str) -> None:
    metadata = tenant_metadata("pins")
    key = sa.text("core.current_tenant()")
    for name in ("boards", "pins"):
        sa.Table(
            name,
            metadata,
            sa.Column("tenant_id", sa.Uuid(), primary_key=True, server_default=key),
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("kind", enum_type(Kind), nullable=False),
            tenant_unique("kind"),
            tenant_index("kind", "id"),
        )
    schema = Schema("pins", metadata, Path("migrations"))

    script = await difference(database_url, schema)
    assert script is not None
    text = render(schema, 1, "Boards and pins", script)

    compile(text, "pins_0001_boards_and_pins.py", "exec")
    assert text.count("*tenant_columns(),\n") == 2
    assert "sa.Column('kind', sa.String(40), nullable=False)" in text
    assert "name='uq_pins_tenant_id_kind'" in text
    upgrade, downgrade, boards, pins = text.split("\n\ndef ")[1:]
    assert upgrade.index("_create_pins()") < upgrade.index('isolate_tenants("pins.pins")')
    assert ("'boards'" in boards, "ix_boards" in boards, "'pins'," in pins) == (True, True, True)
    assert "drop_schema" in downgrade


async def test_models_that_agree_need_no_migration(database_url: str) -> None:
    assert await difference(database_url, schema_of("core")) is None
