"""For tests of modules over HTTP: clients that are signed in as whoever is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, Protocol
from uuid import UUID

import httpx
from fastapi import Request
from pydantic import SecretStr

from dotmac_api_gateway.application import PREFIX, create_app
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Module
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant

_KEY = SecretStr("signs what the tests ask it to, and nothing else")
_UNLIMITED = 1_000_000_000
_SIGNED_IN_AS = "X-Signed-In-As"


class SignedIn(Protocol):
    """Opens a client of a tenant with the permissions named, or with all of the module's.

    With a `customer_id` it is that customer, signed in to the portal.
    """

    def __call__(
        self, tenant: Tenant, *permissions: str, customer_id: UUID | None = None
    ) -> httpx.AsyncClient:
        """A client; it is closed by itself."""
        ...


@asynccontextmanager
async def signed_in_clients(database: Database, *modules: Module) -> AsyncIterator[SignedIn]:
    """The gateway with these modules alone, served in process; for a session of many tests."""
    known = [permission.name for module in modules for permission in module.permissions]
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory()))
        principals: dict[str, Principal] = {}

        async def authenticate(request: Request) -> Principal:
            return principals[request.headers[_SIGNED_IN_AS]]

        # Made once, because that takes longer than most tests: each client says who asks.
        app = create_app(
            modules,
            database=database,
            settings=Settings(
                dotmac_home=home,
                secret_key=_KEY,
                api_rate_limit=_UNLIMITED,
                api_rate_limit_anonymous=_UNLIMITED,
            ),
            authenticate=authenticate,
        )

        def open_client(
            tenant: Tenant, *permissions: str, customer_id: UUID | None = None
        ) -> httpx.AsyncClient:
            kind: Literal["user", "portal"] = "user" if customer_id is None else "portal"
            held = frozenset(permissions or known)
            name = str(len(principals))
            principals[name] = Principal(
                tenant.id, "somebody", kind, "Somebody", held, customer_id=customer_id
            )
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url=f"http://test{PREFIX}",
                headers={_SIGNED_IN_AS: name},
            )
            stack.push_async_callback(client.aclose)
            return client

        yield open_client
