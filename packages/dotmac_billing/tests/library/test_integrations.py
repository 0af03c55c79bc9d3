from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from dotmac_billing import (
    PLATFORM_API_VERSION,
    PLATFORM_COMPATIBLE_VERSIONS,
    BillingPeriod,
    BillingPlanCreate,
    BillingService,
    BillingServiceFactory,
    CustomerCreate,
    InvoiceRecord,
    SubscriptionRecord,
    create_basic_billing_service,
    require_compatible_platform,
)
from dotmac_billing.library.errors import (
    CustomerInactiveError,
    IntegrationNotAvailableError,
    InvalidIntegrationError,
    PlatformIncompatibleError,
)
from dotmac_billing.remote_tax.calculators import calculator
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.errors import TaxServiceNotConfiguredError
from dotmac_billing.testing import InMemoryPaymentGateway, tax
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import new_id
from dotmac_core_ops.testing import TEST_NOW

from ..tax.avatax_standin import (  # noqa: TID252 (tests are no packages)
    ACCOUNT,
    COUNTY,
    KEY,
    STATE,
    Standin,
    running_avatax,
)

NOVEMBER = BillingPeriod(period_start=date(2026, 11, 1), period_end=date(2026, 12, 1))


class Inbox:
    """An SMTP server's memory."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.logins: list[LoginPassword] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 (aiosmtpd's)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def login(self, *said: object) -> AuthResult:
        data = said[-1]
        assert isinstance(data, LoginPassword)
        self.logins.append(data)
        return AuthResult(success=data.password == b"secret")


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    kept = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        kept,
        hostname="127.0.0.1",
        port=port,
        authenticator=kept.login,
        auth_require_tls=False,
    )
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[AsyncSession]:
    engine = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"))
    async with AsyncSession(engine) as session:
        session.info["clock"] = FrozenClock(TEST_NOW)
        yield session
    await engine.dispose()


def service_of(db: AsyncSession, config: dict[str, dict[str, Any]]) -> BillingService:
    factory = BillingServiceFactory()
    factory.register_payment_gateway("test", InMemoryPaymentGateway)
    return factory.create_billing_service(db, config, new_id())


def mailing(port: int, **options: object) -> dict[str, dict[str, Any]]:
    said = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "username": "billing@example.com",
        "password": "secret",
        "use_tls": False,
        **options,
    }
    return {"notifications": {"type": "email", "options": said}}


async def invoiced(billing: BillingService, name: str = "Ada") -> InvoiceRecord:
    customer = await billing.customer_repo.create(
        CustomerCreate(customer_code="C", name=name, email="ada@example.com")
    )
    plan = await billing.plan_repo.create(
        BillingPlanCreate(plan_code="P", name="Fibre", base_price=79.99)
    )
    made = await billing.create_subscription(customer.id, plan.id, date(2026, 11, 1))
    return await billing.generate_invoice(made.id, NOVEMBER)


async def test_customers_are_told_by_mail_once_it_is_committed(
    db: AsyncSession, inbox: tuple[Inbox, int]
) -> None:
    kept, port = inbox
    config = mailing(port) | {"payment_gateway": {"type": "test"}}
    billing = service_of(db, config)
    invoice = await invoiced(billing, "Ada <b>& Co</b>")
    await billing.process_payment(invoice.id, "pm_declined")
    assert kept.mails == []

    await db.commit()

    assert [mail["subject"] for mail in kept.mails] == [
        f"Subscription {(await billing.subscription_repo.get_multi())[0].subscription_number}",
        f"Invoice {invoice.invoice_number}",
        "Your payment of 79.99 EUR failed",
    ]
    mail = kept.mails[1]
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    assert "Please pay 79.99 EUR by 2026-12-04." in text.get_content()
    assert "Ada &lt;b&gt;&amp; Co&lt;/b&gt;" in page.get_content()
    assert kept.logins[0].login == b"billing@example.com"


async def test_nobody_is_told_of_what_was_rolled_back(
    db: AsyncSession, inbox: tuple[Inbox, int]
) -> None:
    kept, port = inbox
    billing = service_of(db, mailing(port))
    await invoiced(billing)

    await db.rollback()
    await billing.customer_repo.create(CustomerCreate(customer_code="C", name="C"))
    await db.commit()

    assert kept.mails == []


async def test_a_server_that_refuses_does_not_undo_what_was_committed(
    db: AsyncSession, inbox: tuple[Inbox, int]
) -> None:
    kept, port = inbox
    billing = service_of(db, mailing(port, password="wrong"))
    invoice = await invoiced(billing)

    await db.commit()

    assert kept.mails == []
    assert await billing.invoice_repo.exists(invoice.id)
    [customer] = await billing.customer_repo.get_multi()
    service = billing.notification_service
    assert service is not None
    assert not await service.send_invoice_notification(customer, invoice)


async def test_documents_are_drawn_in_the_look_of_a_file(db: AsyncSession, tmp_path: Path) -> None:
    (tmp_path / "blue.yaml").write_text("accent: '#0000ff'\nheader: Fibre for everybody\n")
    options = {"template_dir": str(tmp_path)}
    billing = service_of(db, {"pdf_generation": {"type": "reportlab", "options": options}})
    invoice = await invoiced(billing)
    pdf = billing.pdf_generator
    assert pdf is not None

    drawn = await pdf.generate_invoice_pdf(invoice, "blue")
    statement = await pdf.generate_statement_pdf(
        invoice.customer_id, date(2026, 11, 1), date(2026, 11, 30)
    )

    assert "Fibre for everybody" in text_of(drawn)
    assert invoice.invoice_number in text_of(drawn)
    assert "79.99" in text_of(statement)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


async def test_the_tax_service_answers_by_our_own_engine(session: AsyncSession) -> None:
    billing = create_basic_billing_service(session)
    await tax(session, "VAT", "0.2")
    customer = await billing.customer_repo.create(CustomerCreate(customer_code="C", name="C"))

    said = await billing.tax_service.calculate_tax(Decimal("79.99"), customer, ["VAT"])

    assert said == {"amount": Decimal("16.00"), "rate": Decimal("0.2"), "tax_type": "VAT"}
    assert await billing.tax_service.validate_tax_id("DE136695976", "DE")
    assert not await billing.tax_service.validate_tax_id("DE136695977", "DE")


class Flat:
    """A founding tax service."""

    async def calculate_tax(
        self, amount: Decimal, customer: object, product_codes: list[str] | None = None
    ) -> dict[str, Any]:
        return {
            "amount": amount / 10,
            "rate": Decimal("0.1"),
            "tax_type": f"{customer}{product_codes}",
        }


async def test_with_a_tax_service_that_cannot_tax_invoices_none_is_issued(
    db: AsyncSession,
) -> None:
    factory = BillingServiceFactory()
    factory.register_tax_service("flat", Flat)
    config = {"tax_calculation": {"type": "flat"}}
    billing = factory.create_billing_service(db, config, new_id())
    customer = await billing.customer_repo.create(CustomerCreate(customer_code="D", name="D"))

    assert (await billing.tax_service.calculate_tax(Decimal(10), customer))["amount"] == 1
    for issuing in (invoiced(billing), billing.run_billing_cycle()):
        with pytest.raises(IntegrationNotAvailableError):
            await issuing

    assert await billing.invoice_repo.count() == 0


@pytest.fixture
def avatax() -> Iterator[Standin]:
    with running_avatax() as standin:
        yield standin


def taxed_by(standin: Standin) -> dict[str, dict[str, Any]]:
    options = {
        "account_id": ACCOUNT,
        "license_key": KEY,
        "company_code": "ISP",
        "base_url": standin.url,
    }
    return {"tax_calculation": {"type": "avalara", "options": options}}


async def californian(billing: BillingService) -> SubscriptionRecord:
    await tax(await billing._bound.open(), "SERVICE", "0.5")
    customer = await billing.customer_repo.create(
        CustomerCreate(customer_code="C", name="Ada", country="US", state="CA", currency="USD")
    )
    plan = await billing.plan_repo.create(
        BillingPlanCreate(
            plan_code="P", name="Fibre", base_price=100, currency="USD", tax_code="SERVICE"
        )
    )
    return await billing.create_subscription(customer.id, plan.id, date(2026, 11, 1))


async def test_avatax_works_out_the_tax_of_what_the_service_issues(
    db: AsyncSession, avatax: Standin
) -> None:
    billing = service_of(db, taxed_by(avatax))
    made = await californian(billing)
    tax_of_100 = (STATE + COUNTY) * 100

    invoice = await billing.generate_invoice(made.id, NOVEMBER)
    await billing.run_billing_cycle(date(2026, 12, 1))
    await db.commit()

    assert invoice.tax_amount == tax_of_100
    invoices = await billing.invoice_repo.get_multi()
    assert [one.tax_amount for one in invoices] == [tax_of_100, tax_of_100]
    assert await billing.report_taxes() == 2
    await db.commit()
    assert await billing.report_taxes() == 0
    statuses = {avatax.transactions[str(one.id)]["status"] for one in invoices}
    assert statuses == {"Committed"}


async def test_what_avatax_does_not_answer_is_not_issued(db: AsyncSession, avatax: Standin) -> None:
    billing = service_of(db, taxed_by(avatax))
    await californian(billing)
    avatax.failing = [(401, {})] * 9

    cycle = await billing.run_billing_cycle()

    assert (cycle["processed_count"], cycle["failed_count"]) == (0, 1)
    assert await billing.invoice_repo.count() == 0


async def test_the_account_is_not_used_by_others(db: AsyncSession, avatax: Standin) -> None:
    billing = service_of(db, taxed_by(avatax))
    await billing.run_billing_cycle()

    with pytest.raises(TaxServiceNotConfiguredError):
        calculator(TaxCalculatorName.AVALARA)


async def test_the_tax_service_answers_by_avatax(db: AsyncSession, avatax: Standin) -> None:
    billing = service_of(db, taxed_by(avatax))
    await californian(billing)
    [customer] = await billing.customer_repo.get_multi()

    said = await billing.tax_service.calculate_tax(Decimal(100), customer, ["SERVICE"])

    assert (said["amount"], said["rate"]) == ((STATE + COUNTY) * 100, STATE + COUNTY)
    assert avatax.transactions == {}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("notifications", {"type": "email", "options": {"smtp_host": "h"}}),
        ("notifications", {"type": "email", "options": {"smtp_server": "h"}}),
        ("tax_calculation", {"type": "avalara", "options": {"account_id": "1"}}),
        ("pdf_generation", {"type": "reportlab", "options": {"template_dir": "/nowhere"}}),
    ],
)
def test_options_that_do_not_fit_are_refused(
    session: AsyncSession, kind: str, options: dict[str, Any]
) -> None:
    with pytest.raises(InvalidIntegrationError):
        BillingServiceFactory().create_billing_service(session, {kind: options})


async def test_a_customer_out_of_use_gets_no_subscription(session: AsyncSession) -> None:
    billing = create_basic_billing_service(session)
    customer = await billing.customer_repo.create(CustomerCreate(customer_code="C", name="C"))
    plan = await billing.plan_repo.create(BillingPlanCreate(plan_code="P", name="P"))

    assert await billing.customer_repo.soft_delete(customer.id)

    assert await billing.customer_repo.get_active_customers() == []
    with pytest.raises(CustomerInactiveError):
        await billing.create_subscription(customer.id, plan.id)


async def test_figures_are_those_of_the_books(session: AsyncSession) -> None:
    billing = create_basic_billing_service(session)
    await invoiced(billing)
    first, last = date(2026, 11, 1), date(2026, 11, 30)

    revenue = await billing.analytics.get_revenue_metrics(first, last)
    subscriptions = await billing.analytics.get_subscription_metrics()
    customers = await billing.analytics.get_customer_metrics()
    churn = await billing.analytics.get_churn_analysis(first, last)

    assert revenue["total_revenue"] == revenue["mrr"] == Decimal("79.99")
    assert revenue["arr"] == Decimal("959.88")
    assert subscriptions["active_subscriptions"] == customers["paying_customers"] == 1
    assert (churn["churned_mrr"], churn["churned_customers"]) == (Decimal(0), 0)


@pytest.mark.parametrize("version", [*PLATFORM_COMPATIBLE_VERSIONS, "1.1.7"])
def test_a_platform_that_is_known_is_taken(version: str) -> None:
    require_compatible_platform(version)
    assert PLATFORM_API_VERSION in PLATFORM_COMPATIBLE_VERSIONS


@pytest.mark.parametrize("version", ["0.9", "1.2", "2.0", "1", "", "1.x"])
def test_a_platform_that_is_not_known_is_refused(version: str) -> None:
    with pytest.raises(PlatformIncompatibleError):
        require_compatible_platform(version)
