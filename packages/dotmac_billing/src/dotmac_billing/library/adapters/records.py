"""Records, the same for every kind: read by id, by field, by filter, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel

from dotmac_billing.library.adapters.bound_session import BoundSession
from dotmac_billing.library.errors import (
    RecordNotFoundError,
    RecordPermanentError,
    UnknownFieldError,
)

Record = TypeVar("Record", bound=BaseModel)
Filters = Mapping[str, Any]
_BOUNDS = {"gte": "__ge__", "lte": "__le__", "gt": "__gt__", "lt": "__lt__"}

TODAY = sa.bindparam("today", type_=sa.Date())
"""In the columns of a record: the present day (UTC), filled in whenever records are read."""


class RecordRepository(Generic[Record]):
    """Records of one kind. `tenant_id` arguments may only name the repository's tenant.

    Filters are by field of the record: a value, a list of which one must match, or a mapping of
    `gte`, `lte`, `gt`, `lt` to bounds. Records have no relations, so that there is never one to
    load: `load_relationships` is accepted and changes nothing.
    """

    kind: ClassVar[str]
    permanent: ClassVar[str]
    """What to do instead of taking one away."""
    record: ClassVar[type[BaseModel]]
    source: ClassVar[sa.FromClause]
    columns: ClassVar[Mapping[str, Any]]

    def __init__(self, bound: BoundSession) -> None:
        self.bound = bound

    async def get(
        self,
        record_id: UUID,
        tenant_id: UUID | None = None,
        load_relationships: Sequence[str] | None = None,
    ) -> Record | None:
        """The record of that id."""
        return await self.get_by_field("id", record_id, tenant_id)

    async def required(self, record_id: UUID) -> Record:
        """The record of that id.

        Raises:
            RecordNotFoundError: there is none.
        """
        found = await self.get(record_id)
        if found is None:
            raise RecordNotFoundError(self.kind, record_id)
        return found

    async def get_by_field(
        self,
        field_name: str,
        field_value: object,
        tenant_id: UUID | None = None,
        load_relationships: Sequence[str] | None = None,
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
        load_relationships: Sequence[str] | None = None,
        order_by: str | None = None,
        order_desc: bool = False,
        filters: Filters | None = None,
    ) -> list[Record]:
        """Matching records in that order, by default that of their creation.

        Raises:
            UnknownFieldError: a filter or the order names no field of the record.
        """
        order = self._column(order_by or "id")
        return await self.fetch(
            self._conditions(filters or {}),
            tenant_id=tenant_id,
            order=order.desc() if order_desc else order,
            skip=skip,
            limit=limit,
        )

    async def count(self, tenant_id: UUID | None = None, filters: Filters | None = None) -> int:
        """How many match."""
        session = await self.bound.open(tenant_id)
        conditions = self._conditions(filters or {})
        found = await session.execute(
            sa.select(sa.func.count()).select_from(self.source).where(*conditions),
            {"today": self.bound.clock.today()},
        )
        return found.scalar_one()

    async def exists(self, record_id: UUID, tenant_id: UUID | None = None) -> bool:
        """Whether there is a record of that id."""
        return await self.count(tenant_id, {"id": record_id}) > 0

    async def update(
        self, db_obj: Record | UUID, obj_in: Any, tenant_id: UUID | None = None
    ) -> Record:
        """Change what may change of a record, or of the one of an id.

        Raises:
            RecordPermanentError: nothing of this kind of record may.
        """
        raise RecordPermanentError(self.kind, self.permanent)

    async def delete(self, record_id: UUID, tenant_id: UUID | None = None) -> bool:
        """Take a record away.

        Raises:
            RecordPermanentError: history hangs on it, or may do so.
        """
        raise RecordPermanentError(self.kind, self.permanent)

    async def soft_delete(self, record_id: UUID, tenant_id: UUID | None = None) -> bool:
        """Put a record out of use; whether there is one of that id.

        Raises:
            RecordPermanentError: it cannot be put out of use.
        """
        raise RecordPermanentError(self.kind, self.permanent)

    async def fetch(
        self,
        conditions: Sequence[sa.SQLColumnExpression[bool]],
        *,
        tenant_id: UUID | None = None,
        order: sa.SQLColumnExpression[Any] | None = None,
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
        found = await session.execute(statement, {"today": self.bound.clock.today()})
        return [self._record(row) for row in found.mappings()]

    @staticmethod
    def id_of(record: Any) -> UUID:
        """The id of a record, or the id itself."""
        found: UUID = record if isinstance(record, UUID) else record.id
        return found

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
