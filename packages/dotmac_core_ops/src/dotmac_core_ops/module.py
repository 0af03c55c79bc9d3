"""What a package offers to the applications that are composed of it: plain data, no discovery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter

from dotmac_core_ops.personal_data import PersonalData

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from dotmac_core_ops.clock import Clock
    from dotmac_core_ops.database import Database
    from dotmac_core_ops.dialect import Dialect
    from dotmac_core_ops.tenant_settings import AnySetting


@dataclass(frozen=True)
class Handler:
    """A reaction to an event, known by a stable `name` under which deliveries are remembered.

    `call(events, session)` receives events of one tenant in the order they were announced: one, or
    up to a few hundred when `batch`. An `inline` handler runs at once, in the announcer's
    transaction, and fails with it; every other one runs later in a transaction of its own.
    """

    event: str
    name: str
    payload: type[Any]
    call: Callable[..., Awaitable[None]]
    batch: bool = False
    inline: bool = False


@dataclass(frozen=True)
class JobContext:
    """What a running job may use. It opens its own transactions, one per step.

    `modules` are those that the worker is made of, for a job that asks something of each.
    """

    database: Database
    clock: Clock
    payload: Mapping[str, Any]
    tenant_id: UUID | None
    attempt: int
    extend_lease: Callable[[], Awaitable[None]]
    job_id: UUID | None = None
    modules: tuple[Module, ...] = ()


@dataclass(frozen=True)
class Job:
    """Work outside a request, known by a stable `name`.

    `schedule` is a cron expression in UTC (five fields); None means only when enqueued. A scheduled
    job with `per_tenant` is enqueued once for each active tenant at each tick. Upkeep (`is_upkeep`)
    goes by real time also for a test tenant, and is not run when its clock is advanced.
    """

    name: str
    run: Callable[[JobContext], Awaitable[None]]
    schedule: str | None = None
    per_tenant: bool = True
    is_upkeep: bool = False
    max_attempts: int = 5
    lease_seconds: int = 300


@dataclass(frozen=True)
class Permission:
    """A right such as `invoices:issue`, with a sentence for the person who grants it.

    One that `is_personal` leads to passwords, factors or keys of people, or decides in their name:
    who acts as somebody else does not have it.
    """

    name: str
    description: str
    is_personal: bool = False


@dataclass(frozen=True)
class ApprovableAction:
    """Something that moves money, for which a second person can be needed (`approvals`).

    Only who holds `permission` can ask for it, and agree to it.
    """

    name: str
    permission: str
    description: str


@dataclass(frozen=True)
class FieldEntity:
    """A kind of thing that tenants may add fields of their own to, such as `customer`.

    `has_values(session, key)` says whether any of the tenant's things has a value under `key`.
    """

    name: str
    description: str
    has_values: Callable[[AsyncSession, str], Awaitable[bool]]


@dataclass(frozen=True)
class Limit:
    """Something of which a plan allows so many, such as `users`.

    `count(session)` is how many the tenant has; a check compares it with what was noted.
    """

    name: str
    description: str
    count: Callable[[AsyncSession], Awaitable[int]]


@dataclass(frozen=True)
class Module:
    """A package's parts, listed by hand in the composition."""

    name: str
    routers: tuple[APIRouter, ...] = ()
    handlers: tuple[Handler, ...] = ()
    jobs: tuple[Job, ...] = ()
    permissions: tuple[Permission, ...] = ()
    events: tuple[type[Any], ...] = ()
    approvable: tuple[ApprovableAction, ...] = ()
    metrics: tuple[Callable[[Database], Awaitable[None]], ...] = field(default=())
    field_entities: tuple[FieldEntity, ...] = ()
    personal_data: PersonalData | None = None
    limits: tuple[Limit, ...] = ()
    tenant_settings: tuple[AnySetting, ...] = ()
    dialects: tuple[Dialect, ...] = ()
