"""Making billing services for programs that embed the package."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.library.errors import IntegrationNotAvailableError
from dotmac_billing.library.service import BillingService

NIL_TENANT = UUID(int=0)


class BillingServiceFactory:
    """Makes billing services, each for one session and one tenant."""

    def create_billing_service(
        self,
        db: AsyncSession,
        config: Mapping[str, Mapping[str, Any]] | None = None,
        tenant_id: UUID | None = None,
    ) -> BillingService:
        """A billing service over `db`; see `create_basic_billing_service`.

        `config` asks for integrations: `payment_gateway`, `notifications`, `tax_calculation`,
        `pdf_generation`, each `{"type": …, "options": …}`.

        Raises:
            IntegrationNotAvailableError: any of them, in this version.
        """
        for integration, wanted in (config or {}).items():
            raise IntegrationNotAvailableError(integration, str(wanted.get("type")))
        return BillingService(db, _tenant(db, tenant_id))


billing_service_factory = BillingServiceFactory()


def create_basic_billing_service(db: AsyncSession, tenant_id: UUID | None = None) -> BillingService:
    """A billing service over any `AsyncSession` on asyncpg whose database has been migrated.

    Without `tenant_id` it works for the tenant that the session is bound to, else for that of
    `DEFAULT_TENANT_ID` in the environment, else for the nil UUID: always for exactly one.
    """
    return billing_service_factory.create_billing_service(db, tenant_id=tenant_id)


def _tenant(db: AsyncSession, tenant_id: UUID | None) -> UUID:
    if tenant_id is not None:
        return tenant_id
    bound = db.info.get("tenant_id")
    if isinstance(bound, UUID):
        return bound
    default = os.environ.get("DEFAULT_TENANT_ID")
    return UUID(default) if default else NIL_TENANT
