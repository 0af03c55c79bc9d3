"""Connections and transactions. The only file of the platform that begins and commits."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Session, SessionTransaction

from dotmac_core_ops.clock import Clock, FrozenClock, SystemClock
from dotmac_core_ops.database.address import driver_address
from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.module import Handler
from dotmac_core_ops.settings_messages import DEFAULT_PUBLIC_URL

T = TypeVar("T")

if TYPE_CHECKING:
    RawConnection = asyncpg.Connection[asyncpg.Record]
    PooledConnection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:  # the class takes type parameters for the type checker only
    RawConnection = asyncpg.Connection
    PooledConnection = asyncpg.pool.PoolConnectionProxy

_RETRIED_STATES = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_ATTEMPTS = 6

# For the relay, whose tables are queues: empty when statistics are taken and full when they are
# used, or the other way round. With a backlog, PostgreSQL would read and sort all of it to take the
# first few hundred rows; so it is told to walk the indexes in their order.
_QUEUE_PLANS = {
    f"enable_{way}": "off" for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin")
}


class TenantNotBoundError(DomainError):
    """A transaction was used without saying for which tenant; a fault of the program."""

    code = "TENANT_NOT_BOUND"
    status = 500

    def __init__(self) -> None:
        super().__init__("This session has no tenant; open it with Database.transaction().")


class TenantSession(Session):
    """An ORM session whose every transaction is bound to `info["tenant_id"]` as it begins."""


@event.listens_for(TenantSession, "after_begin")
def _bind(session: Session, _: SessionTransaction, connection: Connection) -> None:
    if session.info.get("relay"):
        # The dialect begins a transaction with its first statement; those on the driver's own
        # connection, which it does not see, would each commit by themselves.
        connection.exec_driver_sql("SET LOCAL app.tenant_id = ''")
        return
    tenant_id = session.info.get("tenant_id")
    if tenant_id is None:
        raise TenantNotBoundError
    connection.exec_driver_sql(tenant_binding(tenant_id))


def tenant_binding(tenant_id: UUID) -> str:
    """The statement that binds a transaction to a tenant.

    `SET LOCAL` with a literal, because Citus forwards exactly that to its shards (never
    `set_config`); `UUID` guards the literal.
    """
    return f"SET LOCAL app.tenant_id = '{UUID(str(tenant_id))}'"


class _ReadConnection(RawConnection):
    """Skips the reset that asyncpg sends on release: a read leaves nothing to reset."""

    def get_reset_query(self) -> str:
        return ""


_TEST_CLOCK = sa.text("SELECT is_test, test_now FROM core.tenants WHERE id = :id")


class _Nobody(dict[UUID, bool]):
    """No tenant is one for tests."""

    def get(self, key: UUID, default: object = None) -> bool:
        """False for every tenant."""
        del key, default
        return False


class Database:
    """One PostgreSQL, reached as role `app` (bound to a tenant) or as role `relay`.

    `async with database.transaction(tenant_id) as session:` commits at the end of the block and
    rolls back when it raises. Nothing else commits.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        pool_size: int = 10,
        statement_timeout_seconds: int = 60,
        application_name: str = "dotmac",
    ) -> None:
        self.url = make_url(url).set(drivername="postgresql+asyncpg")
        self.clock: Clock = clock or SystemClock()
        self.inline_handlers: Mapping[str, Sequence[Handler]] = {}
        self.public_url = DEFAULT_PUBLIC_URL
        self._pool_size = pool_size
        self._settings = {
            "application_name": application_name,
            "statement_timeout": str(statement_timeout_seconds * 1000),
            "timezone": "UTC",
            "jit": "off",
        }
        self._app = self._engine("dotmac_app", pool_size)
        self._relay = self._engine("dotmac_relay", max(2, pool_size // 2), _QUEUE_PLANS)
        self._sessions = async_sessionmaker(
            self._app, sync_session_class=TenantSession, expire_on_commit=False
        )
        self._relay_sessions = async_sessionmaker(
            self._relay, sync_session_class=TenantSession, expire_on_commit=False
        )
        self._may_be_test: dict[UUID, bool] = {}
        self._read_pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._read_pool_lock = asyncio.Lock()

    def _engine(
        self, role: str, pool_size: int, more: Mapping[str, str] = MappingProxyType({})
    ) -> AsyncEngine:
        address, arguments = driver_address(self.url)
        return create_async_engine(
            address,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            connect_args={
                **arguments,
                "server_settings": {**self._settings, **more, "role": role},
            },
        )

    @asynccontextmanager
    async def transaction(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """A session as role `app`, bound to `tenant_id`; one transaction, committed at the end.

        Its clock is the database's, or that of a test tenant whose time stands still.
        """
        async with self._sessions(info=self._info(tenant_id)) as session, session.begin():
            if self._may_be_test.get(tenant_id, True):
                await self._read_test_clock(session, tenant_id)
            yield session

    async def tenant_clock(self, tenant_id: UUID) -> Clock:
        """The time as it is for a tenant; see `transaction`."""
        if not self._may_be_test.get(tenant_id, True):
            return self.clock
        async with self.transaction(tenant_id) as session:
            return clock_of(session)

    def at(self, clock: Clock) -> Database:
        """This database, over the same connections, as it is when `clock` tells everybody's time.

        Test tenants' own clocks do not count then.
        """
        view = copy(self)
        view.clock = clock
        view._may_be_test = _Nobody()  # noqa: SLF001 # of its own class
        return view

    async def _read_test_clock(self, session: AsyncSession, tenant_id: UUID) -> None:
        found = await session.execute(_TEST_CLOCK, {"id": tenant_id})
        row = found.one_or_none()
        if row is None:
            return  # it is just being made
        # That a tenant is none for tests never changes, so that it is asked for once only.
        self._may_be_test[tenant_id] = row.is_test
        if row.test_now is not None:
            session.info["clock"] = FrozenClock(row.test_now)

    @asynccontextmanager
    async def relay(self) -> AsyncIterator[AsyncSession]:
        """A session as role `relay`: the list of tenants, the outbox and the jobs, nothing else."""
        info = {"relay": True, "clock": self.clock}
        async with self._relay_sessions(info=info) as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self, tenant_id: UUID) -> AsyncIterator[PooledConnection]:
        """A bare driver connection in a read-only transaction of `tenant_id`: for hot read paths.

        Costs two round trips beside the query itself; the ORM costs about three times the CPU.
        """
        pool = self._read_pool or await self._open_read_pool()
        async with pool.acquire() as connection:
            await connection.execute(f"BEGIN READ ONLY; {tenant_binding(tenant_id)}")
            try:
                yield connection
            except BaseException:
                await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")

    async def run(self, tenant_id: UUID, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Do `work` in a transaction; begin it anew after a serialization failure or a deadlock.

        `work` may run several times, so it must not keep anything from a run that failed.
        """
        for attempt in range(1, _ATTEMPTS):
            try:
                async with self.transaction(tenant_id) as session:
                    return await work(session)
            except (DBAPIError, asyncpg.PostgresError) as error:
                if sqlstate(error) not in _RETRIED_STATES:
                    raise
                # Jitter, so that the two that collided do not meet again.
                await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 (not a secret)
        async with self.transaction(tenant_id) as session:
            return await work(session)

    async def check(self) -> str:
        """The server's version, if it answers."""
        async with self._app.connect() as connection:
            return str((await connection.execute(sa.text("SHOW server_version"))).scalar_one())

    async def connect_raw(self, role: str = "dotmac_relay") -> RawConnection:
        """A driver connection outside the pools, for LISTEN; the caller closes it."""
        return await asyncpg.connect(
            self.raw_url, server_settings={**self._settings, "statement_timeout": "0", "role": role}
        )

    @property
    def raw_url(self) -> str:
        """The address in the form that asyncpg and libpq tools take, password included."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def pool_status(self) -> dict[str, int]:
        """Connections in use and at rest in the app pool."""
        pool: Any = self._app.pool
        return {"in_use": pool.checkedout(), "idle": pool.checkedin(), "size": pool.size()}

    async def close(self) -> None:
        """Close every connection."""
        await self._app.dispose()
        await self._relay.dispose()
        if self._read_pool is not None:
            await self._read_pool.close()
            self._read_pool = None

    def _info(self, tenant_id: UUID) -> dict[str, Any]:
        return {
            "tenant_id": tenant_id,
            "clock": self.clock,
            "inline_handlers": self.inline_handlers,
            "public_url": self.public_url,
        }

    async def _open_read_pool(self) -> asyncpg.Pool[asyncpg.Record]:
        async with self._read_pool_lock:
            if self._read_pool is None:
                self._read_pool = await asyncpg.create_pool(
                    self.raw_url,
                    min_size=1,
                    max_size=self._pool_size,
                    connection_class=_ReadConnection,
                    server_settings={**self._settings, "role": "dotmac_app"},
                )
            return self._read_pool


def sqlstate(error: DBAPIError | asyncpg.PostgresError) -> str | None:
    """PostgreSQL's five-character code of the error, such as `23505` for a unique violation."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    return state if isinstance(state, str) else None


def clock_of(session: AsyncSession) -> Clock:
    """The clock that this unit of work goes by."""
    clock = session.info.get("clock")
    return clock if clock is not None else SystemClock()


def public_url_of(session: AsyncSession) -> str:
    """The address under which people reach this installation, without a slash at its end.

    What services write into messages begins with it; they run in workers too, where no request
    says how it came in.
    """
    return str(session.info.get("public_url", DEFAULT_PUBLIC_URL))


def tenant_of(session: AsyncSession) -> UUID:
    """The tenant this unit of work is bound to.

    Raises:
        TenantNotBoundError: the session is bound to none.
    """
    tenant_id = session.info.get("tenant_id")
    if not isinstance(tenant_id, UUID):
        raise TenantNotBoundError
    return tenant_id


async def bind_tenant(session: AsyncSession, tenant_id: UUID) -> None:
    """Bind a session that was opened elsewhere to `tenant_id`, now and in its later transactions.

    For programs that embed a package and bring their own session.
    """
    session.info["tenant_id"] = tenant_id
    if isinstance(session.sync_session, TenantSession):
        if session.in_transaction():
            await session.execute(sa.text(tenant_binding(tenant_id)))
        return
    if not session.info.get("tenant_binding"):
        event.listen(session.sync_session, "after_begin", _bind)
        session.info["tenant_binding"] = True
    if session.in_transaction():
        await session.execute(sa.text(tenant_binding(tenant_id)))
