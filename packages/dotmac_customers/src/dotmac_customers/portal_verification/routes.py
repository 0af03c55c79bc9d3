"""HTTP verbs with which customers show that an address or number is theirs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, customer_of, requires
from dotmac_customers.portal.service import changing_customer
from dotmac_customers.verification.schemas import CodeIn, VerificationStatusOut
from dotmac_customers.verification.service import VerificationService, confirm_code
from dotmac_customers.verification.terms import VerificationKind

router = APIRouter(prefix="/portal/me", tags=["Portal"])

Customer = Annotated[Principal, Depends(requires("portal:profile"))]
Status = Envelope[VerificationStatusOut]


@router.post(
    "/verify-email",
    response_model=Status,
    status_code=202,
    summary="Have my e-mail verified",
)
async def start_own_email(tx: Tx, principal: Customer) -> dict[str, Any]:
    """Be sent a link (24 hours) and a code (10 minutes); what was sent before is void."""
    customer_id = await changing_customer(tx, principal)
    return enveloped(await VerificationService(tx).start(customer_id, VerificationKind.EMAIL))


@router.post("/verify-email/code", response_model=Status, summary="Verify my e-mail by code")
async def confirm_own_email(body: CodeIn, database: Db, principal: Customer) -> dict[str, Any]:
    """Enter the code that was sent; after five wrong ones a new one is needed."""
    status = await confirm_code(
        database,
        principal.tenant_id,
        customer_of(principal),
        VerificationKind.EMAIL,
        body.code,
    )
    return enveloped(status)


@router.get(
    "/email-verification-status",
    response_model=Status,
    summary="Read whether my e-mail address is verified",
)
async def read_own_email_status(tx: Tx, principal: Customer) -> dict[str, Any]:
    """Whether the present one is verified, and what waits to be."""
    customer_id = customer_of(principal)
    return enveloped(await VerificationService(tx).status(customer_id, VerificationKind.EMAIL))


@router.post(
    "/verify-phone", response_model=Status, status_code=202, summary="Have my phone number verified"
)
async def start_own_phone(tx: Tx, principal: Customer) -> dict[str, Any]:
    """Be sent a code (10 minutes) by text message; what was sent before is void."""
    customer_id = await changing_customer(tx, principal)
    return enveloped(await VerificationService(tx).start(customer_id, VerificationKind.PHONE))


@router.post("/verify-phone/code", response_model=Status, summary="Verify my phone number by code")
async def confirm_own_phone(body: CodeIn, database: Db, principal: Customer) -> dict[str, Any]:
    """Enter the code that was sent; after five wrong ones a new one is needed."""
    status = await confirm_code(
        database,
        principal.tenant_id,
        customer_of(principal),
        VerificationKind.PHONE,
        body.code,
    )
    return enveloped(status)


@router.get(
    "/phone-verification-status",
    response_model=Status,
    summary="Read whether my phone number is verified",
)
async def read_own_phone_status(tx: Tx, principal: Customer) -> dict[str, Any]:
    """Whether the present one is verified, and what waits to be."""
    customer_id = customer_of(principal)
    return enveloped(await VerificationService(tx).status(customer_id, VerificationKind.PHONE))
