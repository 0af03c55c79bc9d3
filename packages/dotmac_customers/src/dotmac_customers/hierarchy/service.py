"""What can be done with trees of customers."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_customers.hierarchy.events import BranchMoved
from dotmac_customers.hierarchy.repository import HierarchyRepository
from dotmac_customers.profiles.errors import (
    CustomerNotFoundError,
    InvalidPlaceError,
    ParentNotFoundError,
)
from dotmac_customers.profiles.placement import check_place, fitting_level
from dotmac_customers.profiles.profile import Level
from dotmac_customers.profiles.repository import CustomerRepository
from dotmac_customers.profiles.rows import stored_event


class HierarchyService:
    """Trees of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._customers = CustomerRepository(session)
        self._trees = HierarchyRepository(session)

    async def move(
        self,
        customer_id: UUID,
        parent_id: UUID | None,
        *,
        level: Level | None = None,
        parent_pays: bool = False,
        check: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Put a customer below another, or at the top (`parent_id` None); its branch comes along.

        `parent_pays` asks billing to let the parent pay from now on.

        Raises:
            CustomerNotFoundError, ParentNotFoundError: the tenant has none.
            CustomerMergedError: it is part of another now.
            InvalidPlaceError: it would stand below itself, too deep, or where its level does not.
        """
        await self._customers.hold_tree(alone=True)
        customer = await self._customers.by_id(customer_id, for_update=True)
        if customer is None:
            raise CustomerNotFoundError(customer_id)
        check(customer.version)
        customer.require_own()
        place = await self._place(customer_id, parent_id, level)
        before = {"parent_id": customer.parent_id, "level": customer.level.value}
        now = clock_of(self._session).now()
        row = await self._trees.move(customer_id, parent_id, place.value, now)
        publisher = EventPublisher(self._session)
        await publisher.publish(stored_event(row, ["level", "parent_id"]))
        await publisher.publish(
            BranchMoved(
                customer_id=customer_id,
                parent_id=parent_id,
                previous_parent_id=customer.parent_id,
                level=place.value,
                parent_pays=parent_pays,
            )
        )
        await record(
            self._session,
            action="customers.move_branch",
            target=("customer", customer_id),
            before=before,
            after={"parent_id": parent_id, "level": place.value, "parent_pays": parent_pays},
        )

    async def _place(self, customer_id: UUID, parent_id: UUID | None, level: Level | None) -> Level:
        """The level at which the customer may stand below the parent."""
        parent = None
        if parent_id is not None:
            parent = (await self._customers.places([parent_id])).get(parent_id)
            if parent is None:
                raise ParentNotFoundError(parent_id)
            if await self._trees.is_below(customer_id, parent_id):
                raise InvalidPlaceError("A customer cannot stand below itself.")
        fitting = fitting_level(level, parent)
        check_place(fitting, parent, await self._trees.height(customer_id))
        return fitting
