"""customers: searches, lists and bulk edits among 100,000 customers, as PostgreSQL sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from statistics import quantiles
from time import perf_counter
from uuid import UUID

from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_customers import CustomerKind, CustomerService, CustomerState, NewCustomer
from dotmac_customers.assignment.repository import AssignmentRepository
from dotmac_customers.directory import repository
from dotmac_customers.directory.filters import Wanted
from dotmac_customers.filters.target import Target
from dotmac_customers.tags.repository import TagRepository
from tests.performance.harness import rows as table
from tests.performance.harness.rows import Row, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import new_tenant

CUSTOMERS = 100_000
TAGGED = 10_000
SEARCH_MS = 50
LIST_MS = 30
_BATCH = 2_000
_REPEATS = 12
_P95 = 18  # of the nineteen cuts that make twenty parts

_GIVEN = ("Ana", "Bruno", "Carla", "Duarte", "Elisa", "Filipe", "Graça", "Hugo", "Inês", "João")
_FAMILY = ("Almeida", "Barros", "Castro", "Dias", "Esteves", "Ferreira", "Gomes", "Henriques")
_COMPANIES = (CustomerKind.BUSINESS, CustomerKind.ENTERPRISE)


async def bench(stage: Stage) -> list[Row]:
    """The slowest twentieth of each kind of question, and one bulk tag."""
    count = stage.full(CUSTOMERS, 10_000)
    async with stage.database() as database:
        tenant_id = await new_tenant(database, "customers")
        ids = await _customers(database, tenant_id, count)
        assignee_id = await _assigned(database, tenant_id, ids)
        await stage.settle()
        rows = [
            await _timed(database, tenant_id, "search", SEARCH_MS, _searches()),
            await _timed(database, tenant_id, "list", LIST_MS, _lists(ids, assignee_id)),
        ]
        rows.append(await _tag(database, tenant_id, ids[: min(TAGGED, count)]))
        (tagged,) = await stage.found(
            tenant_id, "SELECT count(*) FROM customers.search_terms WHERE term = 'campaign'"
        )
        require("customers with the tag", tagged, min(TAGGED, count))
    return rows


async def _customers(database: Database, tenant_id: UUID, count: int) -> list[UUID]:
    ids: list[UUID] = []
    for start in range(0, count, _BATCH):
        async with database.transaction(tenant_id) as session:
            made = await CustomerService.within(session).create_many(
                [_customer(n) for n in range(start, min(start + _BATCH, count))]
            )
        ids += [customer.id for customer in made]
    return ids


def _customer(n: int) -> NewCustomer:
    return NewCustomer(
        name=f"{_GIVEN[n % 10]} {_FAMILY[n // 10 % 8]} {n}",
        email=f"customer{n}@example.com",
        kind=_COMPANIES[n % 2] if n % 5 == 0 else CustomerKind.RESIDENTIAL,
        state=CustomerState.SUSPENDED if n % 20 == 0 else CustomerState.ACTIVE,
        tags=("fibre",) if n % 10 == 0 else (),
    )


async def _assigned(database: Database, tenant_id: UUID, ids: Sequence[UUID]) -> UUID:
    """A user who looks after every hundredth, and a branch of a hundred below the first."""
    user_id = new_id()
    async with database.transaction(tenant_id) as session:
        now = database.clock.now()
        await AssignmentRepository(session).assign(Target(tuple(ids[::100])), user_id, now)
        connection = await driver_connection(session)
        await connection.execute(
            "UPDATE customers.customers c SET parent_id = $1, level = 'site' "
            "FROM unnest($2::uuid[]) AS w(id) WHERE c.id = w.id",
            ids[0],
            list(ids[1:101]),
        )
    return user_id


def _searches() -> list[Wanted]:
    return [
        Wanted(q=q, sort="name", descending=False)
        for q in (
            "ana",
            "ferr",
            "ines cas",
            "customer4711@",
            "c-0012",
            "duarte gomes 99",
            "joa hen",
        )
    ]


def _lists(ids: Sequence[UUID], assignee_id: UUID) -> list[Wanted]:
    return [
        Wanted(),
        Wanted(sort="name", descending=False),
        Wanted(state=CustomerState.SUSPENDED),
        Wanted(kind=CustomerKind.ENTERPRISE),
        Wanted(kind=CustomerKind.RESIDENTIAL, sort="number"),
        Wanted(tag="fibre", sort="name"),
        Wanted(assignee_id=assignee_id),
        Wanted(parent_id=ids[0], sort="name"),
    ]


async def _timed(
    database: Database, tenant_id: UUID, name: str, most_ms: int, asked: Sequence[Wanted]
) -> Row:
    """Each question a dozen times on a connection that knows the statement; times of pages."""
    times: list[float] = []
    slowest = (0.0, "")
    async with database.read(tenant_id) as connection:
        for wanted in asked:
            own: list[float] = []
            for _ in range(_REPEATS):
                started = perf_counter()
                found = await repository.page(connection, wanted, offset=0, limit=20)
                own.append((perf_counter() - started) * 1000)
            require(f"somebody found by {wanted.q or name}", found.total > 0, expected=True)
            times += own[1:]
            slowest = max(slowest, (max(own[1:]), wanted.q or _named(wanted)))
    p95 = quantiles(times, n=20)[_P95]
    return Row(
        name=f"customers {name}",
        work=f"{len(asked)} questions, slowest {slowest[0]:.0f} ms: {slowest[1]}",
        units=len(times),
        unit="pages",
        rate=len(times) / sum(times) * 1000,
        ratio=f"p95 {p95:.1f} ms",
        targets=(table.Target(f"p95 < {most_ms} ms", p95 < most_ms),),
    )


def _named(wanted: Wanted) -> str:
    """What is asked for, in a word: the conditions, and the order."""
    given = [field.name for field in fields(wanted) if getattr(wanted, field.name) != field.default]
    return " ".join(given) or "everybody"


async def _tag(database: Database, tenant_id: UUID, ids: Sequence[UUID]) -> Row:
    """One statement that tags all of them."""
    async with database.transaction(tenant_id) as session:
        started = perf_counter()
        changed = await TagRepository(session).retag(
            Target(tuple(ids)), add=["campaign"], remove=[], now=database.clock.now()
        )
        seconds = perf_counter() - started
    require("customers that changed", len(changed), len(ids))
    return Row(
        name="customers tag",
        work=f"{len(ids):,} customers tagged by one statement",
        units=len(ids),
        unit="customers",
        rate=len(ids) / seconds,
        ratio=f"{seconds * 1000:.0f} ms",
    )
