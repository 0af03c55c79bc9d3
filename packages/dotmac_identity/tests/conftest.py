"""An organisation with an owner, and what signs people in."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_identity import Authenticator, Passwords, module
from dotmac_identity.testing import Organisation, cheap_passwords


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return cheap_passwords()


@pytest.fixture
async def organisation(database: Database, passwords: Passwords) -> Organisation:
    return await Organisation.founded(database, passwords)


@pytest.fixture
def settings() -> Settings:
    return Settings(secret_key=SecretStr("a-key-for-tests-of-more-than-32-characters"))


@pytest.fixture
def authenticator(database: Database, settings: Settings, passwords: Passwords) -> Authenticator:
    return Authenticator(database, settings, module.permissions, passwords)
