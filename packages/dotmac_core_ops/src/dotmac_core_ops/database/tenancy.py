"""How a table belongs to tenants: its key, its references, its indexes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from dotmac_core_ops.database.ids import new_id

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_1_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def tenant_metadata(schema: str) -> sa.MetaData:
    """The metadata of one package's PostgreSQL schema, with our names for keys and indexes."""
    return sa.MetaData(schema=schema, naming_convention=NAMING_CONVENTION)


class Base(DeclarativeBase):
    """A mapped base for programs that embed a package; packages have a base of their own each."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)


class TenantOwned:
    """A row that belongs to one tenant: primary key `(tenant_id, id)`.

    `tenant_id` is filled by PostgreSQL from the transaction's tenant; application code never
    writes it.
    """

    __mapper_args__: ClassVar[dict[str, object]] = {"eager_defaults": False}

    @declared_attr
    @classmethod
    def tenant_id(cls) -> Mapped[UUID]:
        """The tenant that owns the row."""
        return mapped_column(
            sa.Uuid(),
            primary_key=True,
            server_default=sa.text("core.current_tenant()"),
            sort_order=-20,
        )

    @declared_attr
    @classmethod
    def id(cls) -> Mapped[UUID]:
        """The row's own identifier, a UUIDv7."""
        return mapped_column(
            sa.Uuid(), primary_key=True, default=new_id, insert_sentinel=True, sort_order=-19
        )


def tenant_foreign_key(
    column: str, target: str, *, name: str | None = None
) -> sa.ForeignKeyConstraint:
    """`(tenant_id, column) → target(tenant_id, id)`, which no row of another tenant can satisfy.

    `target` is `schema.table` of the same package. A plain foreign key would be checked with row
    security off and accept a row of any tenant.
    """
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=name
    )


def tenant_unique(*columns: str, name: str | None = None) -> sa.UniqueConstraint:
    """Unique within a tenant."""
    return sa.UniqueConstraint("tenant_id", *columns, name=name)


def tenant_index(
    *columns: str, name: str | None = None, where: str | None = None, unique: bool = False
) -> sa.Index:
    """An index led by the tenant; `where` makes it partial."""
    return sa.Index(
        name,
        "tenant_id",
        *columns,
        unique=unique,
        postgresql_where=None if where is None else sa.text(where),
    )


@dataclass(frozen=True)
class Schema:
    """A package's tables and migrations, announced by the entry point group `dotmac.schema`."""

    label: str
    metadata: sa.MetaData
    migrations: Path
