"""The request's transaction, for routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database.engine import Database
from dotmac_core_ops.principal import principal_of


def get_database(request: Request) -> Database:
    """The application's database, for routes that open transactions themselves."""
    database = request.app.state.database
    assert isinstance(database, Database)
    return database


async def open_transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction for the whole request, bound to the principal's tenant.

    Use it as `Tx` below. It must have the scope of the function: with FastAPI's default scope it
    would commit after the response was sent, and a failed commit would look like a success.
    """
    opened = getattr(request.state, "transaction", None)
    if opened is not None:
        # The gateway opened it, as it does for an idempotency key, and the gateway ends it.
        yield opened
        return
    principal = await principal_of(request)
    async with get_database(request).transaction(principal.tenant_id) as session:
        yield session


get_db_session = open_transaction

Tx = Annotated[AsyncSession, Depends(open_transaction, scope="function")]
"""The session of the request's one transaction."""

Db = Annotated[Database, Depends(get_database)]
"""The application's database."""
