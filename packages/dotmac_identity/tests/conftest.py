"""An organisation with an owner, and what signs people in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import Request
from pydantic import SecretStr

from dotmac_api_gateway import Gateway, create_app
from dotmac_core_events import inline_handlers
from dotmac_core_events.testing import MailSink
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_identity import Authenticator, Passwords, module
from dotmac_identity.testing import Organisation, cheap_passwords
from packages.dotmac_identity.tests.directories import Directory
from packages.dotmac_identity.tests.front_desk import Post, bearer
from packages.dotmac_identity.tests.operators import Door
from packages.dotmac_identity.tests.phones import Phone


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return cheap_passwords()


@pytest.fixture
async def organisation(database: Database, passwords: Passwords) -> Organisation:
    return await Organisation.founded(database, passwords)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        secret_key=SecretStr("a-key-for-tests-of-more-than-32-characters"),
        public_url="https://my.example",
        api_rate_limit_anonymous=100_000,  # the limits of identity itself are what is tried
    )


@pytest.fixture
def authenticator(database: Database, settings: Settings, passwords: Passwords) -> Authenticator:
    return Authenticator(database, settings, module.permissions, passwords)


@pytest.fixture(scope="session")
def app_of(database: Database) -> Callable[[Settings], Gateway]:
    """The application with some settings, made once: that takes longer than most tests do."""
    made: dict[str, Gateway] = {}

    def find(settings: Settings) -> Gateway:
        key = settings.model_dump_json()
        if key not in made:
            made[key] = create_app(
                [module], database=database, settings=settings, authenticate=whoever_is_installed
            )
        return made[key]

    return find


async def whoever_is_installed(request: Request) -> Principal | None:
    """What the authenticator says that the test has installed."""
    installed: Authenticator = request.app.state.identity
    return await installed(request)


@pytest.fixture
async def client(
    app_of: Callable[[Settings], Gateway],
    settings: Settings,
    authenticator: Authenticator,
    database: Database,
) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody yet. What is done in the transaction of a fact is done, as in the platform."""
    app = app_of(settings)
    authenticator.install(app)
    before, database.inline_handlers = database.inline_handlers, inline_handlers([module])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
    ) as opened:
        yield opened
    database.inline_handlers = before


@pytest.fixture
def post(organisation: Organisation, mail_sink: MailSink) -> Post:
    """The organisation's mail."""
    return Post(organisation, mail_sink)


@pytest.fixture(scope="session")
async def operator(database: Database, passwords: Passwords) -> Organisation:
    """The operator of the installation, of which there is one in a database."""
    return await Organisation.operator(database, passwords)


@pytest.fixture
def door(client: httpx.AsyncClient) -> Door:
    """The application, nobody signed in."""
    return Door(client)


@pytest.fixture
async def phone(client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock) -> Phone:
    """The owner's, enrolled."""
    phone = Phone(client, organisation, clock)
    await phone.enrols(await bearer(client, organisation))
    return phone


@pytest.fixture
async def directory(client: httpx.AsyncClient, organisation: Organisation) -> Directory:
    """One that may provision users of the organisation, and nothing else."""
    return await Directory.of(client, organisation)
