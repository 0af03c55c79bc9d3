"""HTTP verbs of verifications."""

from __future__ import annotations

from html import escape
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, dump_json, enveloped, raw_json
from dotmac_core_ops.principal import Principal
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.verification.schemas import (
    CodeIn,
    LinkVerifiedOut,
    VerificationStatusOut,
)
from dotmac_customers.verification.service import (
    VerificationService,
    confirm_code,
    confirm_link,
)
from dotmac_customers.verification.terms import VerificationKind
from dotmac_customers.verification.words import verified_page

router = APIRouter(prefix="/customers", tags=["Verification"])

Reader = Annotated[Principal, Depends(CustomerRequirement("customers:read"))]
Writer = Annotated[Principal, Depends(CustomerRequirement("customers:write"))]
Status = Envelope[VerificationStatusOut]


@router.get(
    "/verify-email", response_model=Envelope[LinkVerifiedOut], summary="Verify an e-mail by link"
)
async def verify_email_by_link(
    token: Annotated[str, Query(max_length=200, description="As it stands in the message.")],
    database: Db,
    request: Request,
) -> Response:
    """Open the link of the message: the address is verified. It counts once, for 24 hours.

    It needs no button: a program that opens the links of a mailbox shows that mail arrives there.
    """
    kind, tenant_name = await confirm_link(database, token)
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(verified_page(escape(tenant_name), "Thank you, that is confirmed."))
    return raw_json(dump_json(enveloped({"kind": kind.value, "is_verified": True})))


@router.post(
    "/{customer_id}/verify-email",
    response_model=Status,
    status_code=202,
    summary="Have an e-mail address verified",
)
async def start_email(customer_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Send a link (24 hours) and a code (10 minutes); what was sent before is void."""
    return enveloped(await VerificationService(tx).start(customer_id, VerificationKind.EMAIL))


@router.post(
    "/{customer_id}/verify-email/code",
    response_model=Status,
    summary="Verify an e-mail by code",
)
async def confirm_email(
    customer_id: UUID, body: CodeIn, database: Db, principal: Writer
) -> dict[str, Any]:
    """Enter the code that the customer was sent; after five wrong ones a new one is needed."""
    return enveloped(
        await confirm_code(
            database, principal.tenant_id, customer_id, VerificationKind.EMAIL, body.code
        )
    )


@router.get(
    "/{customer_id}/email-verification-status",
    response_model=Status,
    summary="Read whether the e-mail is verified",
)
async def email_status(customer_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """Whether the present address is verified, and what waits to be."""
    return enveloped(await VerificationService(tx).status(customer_id, VerificationKind.EMAIL))


@router.delete(
    "/{customer_id}/email-verification",
    status_code=204,
    summary="Cancel the verification of an e-mail",
)
async def cancel_email(customer_id: UUID, tx: Tx, _: Writer) -> Response:
    """Make the link and the code that were sent void."""
    await VerificationService(tx).cancel(customer_id, VerificationKind.EMAIL)
    return Response(status_code=204)


@router.post(
    "/{customer_id}/verify-phone",
    response_model=Status,
    status_code=202,
    summary="Have a phone number verified",
)
async def start_phone(customer_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Send a code (10 minutes) by text message; what was sent before is void."""
    return enveloped(await VerificationService(tx).start(customer_id, VerificationKind.PHONE))


@router.post(
    "/{customer_id}/verify-phone/code",
    response_model=Status,
    summary="Verify a phone number by code",
)
async def confirm_phone(
    customer_id: UUID, body: CodeIn, database: Db, principal: Writer
) -> dict[str, Any]:
    """Enter the code that the customer was sent; after five wrong ones a new one is needed."""
    return enveloped(
        await confirm_code(
            database, principal.tenant_id, customer_id, VerificationKind.PHONE, body.code
        )
    )


@router.get(
    "/{customer_id}/phone-verification-status",
    response_model=Status,
    summary="Read whether the phone number is verified",
)
async def phone_status(customer_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """Whether the present number is verified, and what waits to be."""
    return enveloped(await VerificationService(tx).status(customer_id, VerificationKind.PHONE))


@router.delete(
    "/{customer_id}/phone-verification",
    status_code=204,
    summary="Cancel the verification of a phone number",
)
async def cancel_phone(customer_id: UUID, tx: Tx, _: Writer) -> Response:
    """Make the code that was sent void."""
    await VerificationService(tx).cancel(customer_id, VerificationKind.PHONE)
    return Response(status_code=204)
