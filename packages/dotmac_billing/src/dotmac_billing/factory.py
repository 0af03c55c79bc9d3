"""Making billing services for programs that embed the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.library.adapters.bound_session import BoundSession, tenant_of
from dotmac_billing.library.adapters.email import EmailNotifications
from dotmac_billing.library.adapters.pdf import ReportLabDocuments
from dotmac_billing.library.adapters.tax_services import TaxAnswers, avalara
from dotmac_billing.library.errors import (
    IntegrationNotAvailableError,
    InvalidIntegrationError,
)
from dotmac_billing.library.integrations import Integrations
from dotmac_billing.library.protocols import TaxCalculationServiceProtocol
from dotmac_billing.library.service import BillingService
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.adapters.avalara import AvalaraTaxCalculator

Config = Mapping[str, Mapping[str, Any]]
"""By `payment_gateway`, `notifications`, `tax_calculation`, `pdf_generation`: `type`, `options`."""

Maker = Callable[..., Any]
_KINDS = ("payment_gateway", "notifications", "tax_calculation", "pdf_generation")


class BillingServiceFactory:
    """Makes billing services, each for one session and one tenant.

    Of what it is asked to integrate it knows e-mail (`email`), taxes by our own engine (`own`) and
    by AvaTax (`avalara`), and documents by ReportLab (`reportlab`); the rest is registered by name.
    """

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Maker]] = {
            "payment_gateway": {},
            "notifications": {"email": EmailNotifications},
            "tax_calculation": {"own": lambda: None, "avalara": avalara},
            "pdf_generation": {"reportlab": ReportLabDocuments},
        }

    def register_payment_gateway(self, name: str, gateway: Maker) -> None:
        """Let `{"type": name}` mean this class; it is made with the options as keywords."""
        self._known["payment_gateway"][name] = gateway

    def register_notification_service(self, name: str, service: Maker) -> None:
        """Let `{"type": name}` mean this class; it is made with the options as keywords."""
        self._known["notifications"][name] = service

    def register_tax_service(self, name: str, service: Maker) -> None:
        """Let `{"type": name}` mean this class, a founding tax service or a `TaxCalculator`."""
        self._known["tax_calculation"][name] = service

    def register_pdf_generator(self, name: str, generator: Maker) -> None:
        """Let `{"type": name}` mean this class; it is made with the options as keywords."""
        self._known["pdf_generation"][name] = generator

    def create_billing_service(
        self,
        db: AsyncSession,
        config: Config | None = None,
        tenant_id: UUID | None = None,
    ) -> BillingService:
        """A billing service over `db`; see `create_basic_billing_service`.

        `config` asks for integrations: `payment_gateway`, `notifications`, `tax_calculation`,
        `pdf_generation`, each `{"type": …, "options": …}`. `tax_calculation` becomes the tenant's
        when the first invoice is issued: AvaTax with the account of the options, or our own engine;
        without it the tenant's settings hold. A service with a tax service that was registered
        answers questions by it, and refuses to issue invoices: none ever has the tax of somebody
        else than was asked for.

        Raises:
            IntegrationNotAvailableError: nobody registered what is asked for.
            InvalidIntegrationError: its options do not fit.
        """
        wanted = dict(config or {})
        for integration, one in wanted.items():
            if str(one.get("type")) not in self._known.get(integration, {}):
                raise IntegrationNotAvailableError(integration, str(one.get("type")))
        return BillingService(db, tenant_of(db, tenant_id), lambda bound: self._made(wanted, bound))

    def _made(self, wanted: Config, bound: BoundSession) -> Integrations:
        gateway, notifications, tax, pdf = (self._one(kind, wanted, bound) for kind in _KINDS)
        return Integrations(
            tax=self._tax(wanted, bound, tax),
            gateway=gateway,
            gateway_name=str(wanted.get("payment_gateway", {}).get("type", "")),
            notifications=notifications,
            pdf=pdf,
        )

    def _tax(
        self,
        wanted: Config,
        bound: BoundSession,
        made: Any,  # noqa: ANN401 (of whatever class)
    ) -> TaxCalculationServiceProtocol:
        if "tax_calculation" not in wanted:
            return TaxAnswers(bound, None)
        asked = wanted["tax_calculation"]
        if made is None:
            bound.tax_calculator = TaxCalculatorName.OWN
            return TaxAnswers(bound, None)
        if not isinstance(made, AvalaraTaxCalculator):
            bound.foreign_tax = str(asked["type"])
            answers: TaxCalculationServiceProtocol = made
            return answers
        options = dict(asked.get("options") or {})
        bound.tax_calculator = TaxCalculatorName.AVALARA
        bound.tax_account = lambda _: avalara(**options)
        return TaxAnswers(bound, lambda: avalara(**options))

    def _one(self, integration: str, wanted: Config, bound: BoundSession) -> Any:  # noqa: ANN401 (of whatever class)
        one = wanted.get(integration)
        if one is None:
            return None
        kind, options = str(one["type"]), dict(one.get("options") or {})
        make = self._known[integration][kind]
        if make is ReportLabDocuments:
            options["bound"] = bound
        try:
            return make(**options)
        except TypeError as error:
            raise InvalidIntegrationError(integration, kind, str(error)) from error


billing_service_factory = BillingServiceFactory()


def create_basic_billing_service(db: AsyncSession, tenant_id: UUID | None = None) -> BillingService:
    """A billing service over any `AsyncSession` on asyncpg whose database has been migrated.

    Without `tenant_id` it works for the tenant that the session is bound to, else for that of
    `DEFAULT_TENANT_ID` in the environment, else for the nil UUID: always for exactly one.
    """
    return billing_service_factory.create_billing_service(db, tenant_id=tenant_id)


def create_stripe_billing_service(
    db: AsyncSession,
    stripe_secret_key: str,
    tenant_id: UUID | None = None,
    **kwargs: Any,  # noqa: ANN401 (options of the gateway)
) -> BillingService:
    """A billing service that takes payments by the gateway that is registered as `stripe`.

    Raises:
        IntegrationNotAvailableError: none is.
    """
    options = {"secret_key": stripe_secret_key, **kwargs}
    config = {"payment_gateway": {"type": "stripe", "options": options}}
    return billing_service_factory.create_billing_service(db, config, tenant_id)


def create_full_featured_billing_service(  # noqa: PLR0917 (the founding signature)
    db: AsyncSession,
    payment_config: Mapping[str, Any],
    notification_config: Mapping[str, Any],
    tax_config: Mapping[str, Any] | None = None,
    pdf_config: Mapping[str, Any] | None = None,
    tenant_id: UUID | None = None,
) -> BillingService:
    """A billing service with payments and notifications, and if wanted taxes and documents.

    Raises:
        IntegrationNotAvailableError, InvalidIntegrationError: see `create_billing_service`.
    """
    asked = (payment_config, notification_config, tax_config, pdf_config)
    config = {kind: one for kind, one in zip(_KINDS, asked, strict=True) if one is not None}
    return billing_service_factory.create_billing_service(db, config, tenant_id)
