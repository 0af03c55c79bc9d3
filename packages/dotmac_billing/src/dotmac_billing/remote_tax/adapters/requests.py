"""Requests whose tax a service works out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.remote_tax.service import asking_ahead
from dotmac_core_ops.database import get_database
from dotmac_core_ops.principal import Principal

T = TypeVar("T")


async def worked_out(
    request: Request, principal: Principal, work: Callable[[AsyncSession], Awaitable[T]]
) -> T:
    """Do the request's `work` with no transaction open while a tax service is asked.

    With an idempotency key the gateway holds a transaction for the key, and `work` is done in it.
    """
    opened = getattr(request.state, "transaction", None)
    if isinstance(opened, AsyncSession):
        return await work(opened)
    return await asking_ahead(get_database(request), principal.tenant_id, work)
