"""A local provider, the page it is set up on, and a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import SecretStr

from dotmac_api_gateway import create_app
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_identity import Authenticator, Passwords, module
from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.single_sign_on import browser as pages
from packages.dotmac_identity.tests.single_sign_on.local_provider import LocalProvider, serving


@pytest.fixture(scope="session")
def served_provider() -> Iterator[LocalProvider]:
    with serving() as provider:
        yield provider


@pytest.fixture
def provider(
    served_provider: LocalProvider, authenticator: Authenticator, clock: FrozenClock
) -> LocalProvider:
    """The provider; Nina is the one who signs in there. Nobody has asked it anything yet."""
    served_provider.is_new(clock)
    authenticator.single_sign_on.client._known.clear()
    return served_provider


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(
        secret_key=SecretStr("a-key-for-tests-of-more-than-32-characters"),
        public_url="https://my.example",
        sign_in_providers_on_loopback=True,
        api_rate_limit_anonymous=100_000,
    )


@pytest.fixture(scope="session")
def authenticator(database: Database, settings: Settings, passwords: Passwords) -> Authenticator:
    return Authenticator(database, settings, module.permissions, passwords)


@pytest.fixture(scope="session")
async def client(
    database: Database, settings: Settings, authenticator: Authenticator
) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody yet; one application for all, because making one costs more than any of the tests."""
    app = create_app([module], database=database, settings=settings, authenticate=authenticator)
    authenticator.install(app)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
    ) as opened:
        yield opened


@pytest.fixture
def page(
    client: httpx.AsyncClient, organisation: Organisation, provider: LocalProvider
) -> pages.Settings:
    """Where the organisation's owner sets providers up."""
    return pages.Settings(client, organisation, provider)


@pytest.fixture
async def outside() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as opened:
        yield opened


@pytest.fixture
async def browser(
    client: httpx.AsyncClient, outside: httpx.AsyncClient, organisation: Organisation
) -> AsyncIterator[pages.Browser]:
    """Somebody's browser, at the address that the settings say."""
    async with httpx.AsyncClient(
        transport=client._transport, base_url="https://my.example/api/v1"
    ) as app:
        yield pages.Browser(app, outside, organisation)


@pytest.fixture
async def other_browser(
    client: httpx.AsyncClient, outside: httpx.AsyncClient, organisation: Organisation
) -> AsyncIterator[pages.Browser]:
    """Somebody else's."""
    async with httpx.AsyncClient(
        transport=client._transport, base_url="https://my.example/api/v1"
    ) as app:
        yield pages.Browser(app, outside, organisation)
