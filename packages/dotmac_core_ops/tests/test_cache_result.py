from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.cache import Cache, CacheStore, TenantCache, cache_result, open_cache
from dotmac_core_ops.cache.keys import key_name, result_key
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant


@dataclass(frozen=True)
class CustomerProfile:
    id: UUID
    name: str
    balance: Decimal
    since: date
    seen_at: datetime


class CustomerService:
    """As the founding guide writes it."""

    def __init__(self, cache: Cache | None, balance: str = "0.10") -> None:
        self.cache = cache
        self.balance = Decimal(balance)
        self.lookups = 0

    @cache_result(ttl=300)
    async def get_customer_profile(self, customer_id: UUID) -> CustomerProfile:
        self.lookups += 1
        at = datetime(2026, 11, 20, 12, tzinfo=UTC)
        return CustomerProfile(customer_id, "Ann", self.balance, date(2020, 2, 29), at)

    @cache_result()
    async def get_nickname(self, customer_id: UUID, *, short: bool = False) -> str | None:
        self.lookups += 1
        return f"A-{customer_id}" if short else None

    async def update_customer(self, customer_id: UUID, balance: str) -> None:
        self.balance = Decimal(balance)
        assert self.cache is not None
        await self.cache.delete(f"customer_profile:{customer_id}")


@pytest.fixture
async def store(database: Database) -> AsyncIterator[CacheStore]:
    opened = open_cache(database)
    yield opened
    await opened.close()


@pytest.fixture
def cache(store: CacheStore, tenant: Tenant) -> TenantCache:
    return store.of(tenant.id)


async def test_a_result_is_computed_once_and_comes_back_exactly(cache: TenantCache) -> None:
    service, customer = CustomerService(cache), new_id()

    first = await service.get_customer_profile(customer)
    second = await CustomerService(cache, balance="9").get_customer_profile(customer)

    assert second == first
    assert str(second.balance) == "0.10"
    assert second.seen_at.tzinfo is not None
    assert service.lookups == 1


async def test_the_key_of_the_founding_guide_deletes_the_result(cache: TenantCache) -> None:
    service, customer = CustomerService(cache), new_id()
    await service.get_customer_profile(customer)
    assert await cache.get(f"customer_profile:{customer}") is not None

    await service.update_customer(customer, "5.00")

    assert (await service.get_customer_profile(customer)).balance == Decimal("5.00")


async def test_none_is_a_result_like_others(cache: TenantCache) -> None:
    service, customer = CustomerService(cache), new_id()

    assert await service.get_nickname(customer) is None
    assert await service.get_nickname(customer) is None
    assert await service.get_nickname(customer, short=True) == f"A-{customer}"

    assert service.lookups == 2


async def test_what_does_not_fit_the_annotation_any_more_is_computed_anew(
    cache: TenantCache,
) -> None:
    service, customer = CustomerService(cache), new_id()
    await cache.set(f"customer_profile:{customer}", b'{"id": "from an older release"}')

    assert (await service.get_customer_profile(customer)).id == customer
    await service.get_customer_profile(customer)

    assert service.lookups == 2


async def test_another_tenant_computes_for_itself(
    store: CacheStore, cache: TenantCache, second_tenant: Tenant
) -> None:
    customer = new_id()
    await CustomerService(cache, "1").get_customer_profile(customer)

    theirs = await CustomerService(store.of(second_tenant.id), "2").get_customer_profile(customer)

    assert theirs.balance == 2


async def test_a_service_without_a_cache_computes_each_time() -> None:
    service = CustomerService(None)

    await service.get_customer_profile(new_id())
    await service.get_customer_profile(new_id())

    assert service.lookups == 2


async def test_a_change_is_seen_by_others_from_the_commit_on(
    database: Database, cache: TenantCache, tenant: Tenant
) -> None:
    customer = new_id()
    async with database.transaction(tenant.id) as session:
        inside = CustomerService(cache.within(session))
        await inside.update_customer(customer, "5.00")
        # Somebody else asks now, and gets and keeps what is committed.
        assert (await CustomerService(cache, "0.10").get_customer_profile(customer)).balance < 1
        assert (await inside.get_customer_profile(customer)).balance == 5
        assert (await CustomerService(cache, "9").get_customer_profile(customer)).balance < 1

    assert (await CustomerService(cache, "5.00").get_customer_profile(customer)).balance == 5


async def test_a_rolled_back_change_leaves_nothing_behind(
    database: Database, cache: TenantCache, tenant: Tenant
) -> None:
    customer = new_id()

    async def fail(session: AsyncSession) -> None:
        inside = CustomerService(cache.within(session))
        await inside.update_customer(customer, "5.00")
        await inside.get_customer_profile(customer)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await database.run(tenant.id, fail)

    assert await cache.get(f"customer_profile:{customer}") is None


def signature_of(*names: str, **defaults: object) -> inspect.Signature:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature(
        [
            *(inspect.Parameter(name, kind) for name in names),
            *(inspect.Parameter(name, kind, default=value) for name, value in defaults.items()),
        ]
    )


@pytest.mark.parametrize(
    ("args", "kwargs", "key"),
    [
        ((7,), {}, "x:7"),
        ((), {"id": 7}, "x:7"),
        ((7, None), {}, "x:7"),
        ((7,), {"on": date(2026, 11, 20)}, "x:7:2026-11-20"),
        ((7, None, "b"), {}, "x:7:%none:b"),
        (("a:b",), {}, "x:a%3Ab"),
        (("%none",), {}, "x:%25none"),
        ((Decimal("1.50"),), {}, "x:1.50"),
        ((datetime(2026, 1, 1, tzinfo=UTC),), {}, "x:2026-01-01T00%3A00%3A00+00%3A00"),
    ],
)
def test_the_key_is_the_arguments_in_order(
    args: tuple[object, ...], kwargs: dict[str, object], key: str
) -> None:
    assert result_key("x", signature_of("id", on=None, kind="a"), args, kwargs) == key


def test_the_name_is_the_methods_without_get() -> None:
    assert key_name("get_customer_profile") == "customer_profile"
    assert key_name("balance") == "balance"


def test_an_argument_without_a_stable_text_is_refused() -> None:
    with pytest.raises(TypeError, match="list"):
        result_key("x", signature_of("ids"), ([1],), {})
