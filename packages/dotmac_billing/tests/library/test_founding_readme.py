"""The founding document's Python, extracted from a copy of it and run as it is written."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

import dotmac_shared.billing
from dotmac_billing import BillingPeriod, BillingService, billing_service_factory
from dotmac_billing.library.errors import IntegrationNotAvailableError
from dotmac_billing.settings.service import settings_of
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.testing import InMemoryPaymentGateway
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import new_id
from dotmac_core_ops.testing import TEST_NOW

README = (Path(__file__).parent / "founding_readme.txt").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
Names = dict[str, Any]


def snippet(beginning: str) -> str:
    """The one that has this in it."""
    [found] = [str(one) for one in SNIPPETS if beginning in one]
    return found


async def run(code: str, **names: Any) -> Names:  # noqa: ANN401 (whatever the snippet needs)
    """Execute a snippet at top level, with everything the package exports at hand."""
    space: Names = {**vars(dotmac_shared.billing), **names}
    compiled = compile(code, "founding_readme.txt", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, space)  # noqa: S307 (the founding document's own code)
    if inspect.isawaitable(result):
        await result
    return space


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[AsyncSession]:
    engine = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"))
    async with AsyncSession(engine) as session:
        session.info["clock"] = FrozenClock(TEST_NOW)
        yield session
    await engine.dispose()


@pytest.fixture(autouse=True)
def registered() -> Iterator[Callable[..., None]]:
    """What a test registers is forgotten with it."""
    known = billing_service_factory._known
    before = {kind: dict(makers) for kind, makers in known.items()}
    yield billing_service_factory.register_payment_gateway
    for kind, makers in before.items():
        known[kind] = makers


def test_every_snippet_is_run_by_a_test() -> None:
    assert len(SNIPPETS) == 10
    here = Path(__file__).read_text(encoding="utf-8")
    assert len(re.findall(r"snippet\(\s*[\"']", here)) == len(SNIPPETS)


async def basic_usage(db: AsyncSession) -> BillingService:
    names = await run(snippet("async def setup_billing"))
    service: BillingService = await names["setup_billing"](db)
    return service


async def test_basic_usage(db: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFAULT_TENANT_ID", str(new_id()))

    service = await basic_usage(db)

    [subscription] = await service.subscription_repo.get_multi()
    [customer] = await service.customer_repo.get_multi()
    assert (customer.customer_code, customer.name) == ("CUST001", "John Doe")
    assert subscription.customer_id == customer.id
    assert (await service.run_billing_cycle())["total_amount"] == Decimal("29.99")


async def test_with_a_payment_gateway(db: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant_id = new_id()
    monkeypatch.setenv("DEFAULT_TENANT_ID", str(tenant_id))
    billing_service_factory.register_payment_gateway("stripe", InMemoryPaymentGateway)
    basic = await basic_usage(db)
    await basic.run_billing_cycle()
    [invoice] = await basic.invoice_repo.get_multi()

    names = await run(
        snippet("billing_service = create_stripe_billing_service"),
        db_session=db,
        tenant_id=tenant_id,
        invoice=invoice,
    )

    assert names["payment"].status.value == "completed"
    assert names["billing_service"].payment_gateway.options["secret_key"] == "sk_test_..."
    paid = await basic.invoice_repo.get(invoice.id)
    assert paid is not None
    assert (paid.is_paid, paid.amount_due) == (True, Decimal(0))


async def test_without_a_gateway_of_that_name_it_is_refused(db: AsyncSession) -> None:
    with pytest.raises(IntegrationNotAvailableError):
        await run("create_stripe_billing_service(db, 'sk_test_...')", db=db)


async def test_the_configuration(db: AsyncSession, tmp_path: Path) -> None:
    billing_service_factory.register_payment_gateway("stripe", InMemoryPaymentGateway)
    code = snippet('"account_id": "123456789"').replace("/path/to/templates", str(tmp_path))

    names = await run(code, db=db, tenant_id=new_id())

    service = names["billing_service"]
    assert service.payment_gateway.options["webhook_secret"] == "whsec_..."
    assert type(service.notification_service).__name__ == "EmailNotifications"
    assert type(service.pdf_generator).__name__ == "ReportLabDocuments"
    await service.run_billing_cycle()
    assert (await settings_of(db)).tax_calculator is TaxCalculatorName.AVALARA


def test_manual_table_creation(database_url: str) -> None:
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    code = snippet("Base.metadata.create_all(engine)").replace(
        "postgresql://user:pass@localhost/db", url.render_as_string(hide_password=False)
    )

    exec(code, {})  # noqa: S102 (the founding document's own code)


async def test_multi_tenant(db: AsyncSession) -> None:
    names = await run(
        snippet("# Create tenant-specific billing service"), db=db, tenant_uuid=new_id()
    )

    assert names["customers"] == []


async def test_a_custom_gateway(db: AsyncSession) -> None:
    names = await run(
        snippet("class CustomPaymentGateway"), billing_service_factory=billing_service_factory
    )
    config = {"payment_gateway": {"type": "custom"}}
    service = names["billing_service_factory"].create_billing_service(db, config, new_id())
    invoice = await invoiced(service)

    payment = await service.process_payment(invoice.id, "pm_1")

    assert (payment.gateway_transaction_id, payment.authorization_code) == ("txn_123", "auth_456")


async def test_a_custom_notification_service(db: AsyncSession) -> None:
    await run(
        snippet("class CustomNotificationService"),
        billing_service_factory=billing_service_factory,
    )
    config = {"notifications": {"type": "custom"}}
    service = billing_service_factory.create_billing_service(db, config, new_id())

    await invoiced(service)  # of the subscription it has no word, of the invoice it has
    await db.commit()

    assert service.notification_service is not None
    assert await service.notification_service.send_invoice_notification(None, None) is True


async def test_fastapi(db: AsyncSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFAULT_TENANT_ID", str(new_id()))
    service = await basic_usage(db)
    [customer] = await service.customer_repo.get_multi()
    [plan] = await service.plan_repo.get_multi()

    async def get_db() -> AsyncSession:
        return db

    names = await run(
        snippet('@router.post("/subscriptions")'), AsyncSession=AsyncSession, get_db=get_db
    )
    app = FastAPI()
    app.include_router(names["router"])
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        body = {"customer_id": str(customer.id), "billing_plan_id": str(plan.id)}
        answer = await client.post("/subscriptions", json=body)

    assert answer.status_code == 200
    assert answer.json()["status"] == "active"


async def test_the_fixture_and_the_logging_snippets() -> None:
    fixture = await run(snippet("@pytest.fixture"))
    logging = await run(snippet("# Enable debug logging"))

    assert callable(fixture["test_create_subscription"])
    assert logging["BillingService"] is BillingService


async def invoiced(service: BillingService) -> Any:  # noqa: ANN401 (a record)
    customer = await service.customer_repo.create(
        dotmac_shared.billing.CustomerCreate(customer_code="C", name="C")
    )
    plan = await service.plan_repo.create(
        dotmac_shared.billing.BillingPlanCreate(plan_code="P", name="P", base_price=10)
    )
    subscription = await service.create_subscription(customer.id, plan.id, date(2026, 11, 1))
    period = BillingPeriod(period_start=date(2026, 11, 1), period_end=date(2026, 12, 1))
    return await service.generate_invoice(subscription.id, period)
