"""Reads of records, the same for every kind: by id, by field, by filter, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel

from dotmac_billing.library.adapters.bound_session import BoundSession
from dotmac_billing.library.errors import UnknownFieldError

Record = TypeVar("Record", bound=BaseModel)
Filters = Mapping[str, Any]
_BOUNDS = {"gte": "__ge__", "lte": "__le__", "gt": "__gt__", "lt": "__lt__"}


class RecordRepository(Generic[Record]):
    """Reads of one kind of record. `tenant_id` arguments may only name the repository's tenant.

    Filters are by field of the record: a value, a list of which one must match, or a mapping of
    `gte`, `lte`, `gt`, `lt` to bounds.
    """

    record: ClassVar[type[BaseModel]]
    source: ClassVar[sa.FromClause]
    columns: ClassVar[Mapping[str, Any]]

    def __init__(self, bound: BoundSession) -> None:
        self.bound = bound

    async def get(self, record_id: UUID, tenant_id: UUID | None = None) -> Record | None:
        """The record of that id."""
        return await self.get_by_field("id", record_id, tenant_id)

    async def get_by_field(
        self, field_name: str, field_value: object, tenant_id: UUID | None = None
    ) -> Record | None:
        """The oldest record with that value."""
        found = await self.get_multi(
            limit=1, tenant_id=tenant_id, filters={field_name: field_value}
        )
        return found[0] if found else None

    async def get_multi(
        self,
        *,
        skip: int = 0,
        limit: int = 100,
        tenant_id: UUID | None = None,
        order_by: str = "id",
        order_desc: bool = False,
        filters: Filters | None = None,
    ) -> list[Record]:
        """Matching records in that order, by default that of their creation.

        Raises:
            UnknownFieldError: a filter or the order names no field of the record.
        """
        return await self.fetch(
            self._conditions(filters or {}),
            tenant_id=tenant_id,
            order=self._column(order_by).desc() if order_desc else self._column(order_by),
            skip=skip,
            limit=limit,
        )

    async def count(self, tenant_id: UUID | None = None, filters: Filters | None = None) -> int:
        """How many match."""
        session = await self.bound.open(tenant_id)
        conditions = self._conditions(filters or {})
        found = await session.execute(
            sa.select(sa.func.count()).select_from(self.source).where(*conditions)
        )
        return found.scalar_one()

    async def exists(self, record_id: UUID, tenant_id: UUID | None = None) -> bool:
        """Whether there is a record of that id."""
        return await self.count(tenant_id, {"id": record_id}) > 0

    async def fetch(
        self,
        conditions: Sequence[sa.ColumnElement[bool]],
        *,
        tenant_id: UUID | None = None,
        order: sa.ColumnElement[Any] | None = None,
        skip: int = 0,
        limit: int | None = None,
    ) -> list[Record]:
        """Records that meet all `conditions`, in that order, by default that of their creation."""
        session = await self.bound.open(tenant_id)
        statement = (
            sa.select(*(column.label(name) for name, column in self.columns.items()))
            .select_from(self.source)
            .where(*conditions)
            .order_by(self.columns["id"] if order is None else order, self.columns["id"])
            .offset(skip)
            .limit(limit)
        )
        rows = (await session.execute(statement)).mappings()
        return [self._record(row) for row in rows]

    def _record(self, row: Mapping[Any, Any]) -> Record:
        return self.record.model_validate(dict(row))  # type: ignore[return-value] # see `record`

    def _column(self, field: str) -> sa.ColumnElement[Any]:
        column: sa.ColumnElement[Any] | None = self.columns.get(field)
        if column is None:
            raise UnknownFieldError(field, list(self.columns))
        return column

    def _conditions(self, filters: Filters) -> list[sa.ColumnElement[bool]]:
        conditions: list[sa.ColumnElement[bool]] = []
        for field, wanted in filters.items():
            column = self._column(field)
            if isinstance(wanted, Mapping):
                for bound, value in wanted.items():
                    if bound not in _BOUNDS:
                        raise UnknownFieldError(f"{field}.{bound}", sorted(_BOUNDS))
                    conditions.append(getattr(column, _BOUNDS[bound])(value))
            elif isinstance(wanted, list | tuple | set):
                conditions.append(column.in_(list(wanted)))
            else:
                conditions.append(column == wanted)
        return conditions
