"""`Base.metadata.create_all(engine)` of the founding documents."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from dotmac_core_ops.database import migrate


class MigratedMetadata:
    """Tables that are made by migrations: isolation and the rules of the books are part of them."""

    def create_all(self, engine: sa.Engine) -> None:
        """Bring the database that the engine is for up to the newest version.

        What is there stays; a second call changes nothing. Call it where no event loop runs.
        """
        asyncio.run(migrate(engine.url.render_as_string(hide_password=False)))


class Base:
    """Stands where the founding models had their base class."""

    metadata = MigratedMetadata()
