"""What people may do with the customer that a path names, when they hold a role for a part only."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request

from dotmac_core_ops.database import driver_connection, get_database
from dotmac_core_ops.principal import Principal, Requirement
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.scoping.repository import is_within
from dotmac_customers.scoping.service import part_of


class CustomerRequirement(Requirement):
    """A permission on the customer in the path, held everywhere or for a part with that customer.

    Who holds it for another part is told nothing of the customer, not even that it is there.
    """

    def __init__(self, permission: str) -> None:
        super().__init__(permission, scoped=True)
        self._held = permission

    async def __call__(self, request: Request) -> Principal:
        """The request's principal, if it may do this with the customer `customer_id`.

        Raises:
            CustomerNotFoundError: the permission is held for other customers only.
        """
        principal = await super().__call__(request)
        customer_id = _uuid(request.path_params["customer_id"])
        if principal.allows(self._held) or customer_id is None:
            return principal
        async with get_database(request).transaction(principal.tenant_id) as session:
            part = await part_of(session, principal, self._held)
            if not await is_within(await driver_connection(session), customer_id, part):
                raise CustomerNotFoundError(customer_id)
        return principal


def _uuid(text: str) -> UUID | None:
    # What is none is refused by the route itself, with the path of the field.
    try:
        return UUID(text)
    except ValueError:
        return None
