"""`/wallets`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.wallets.models import Wallet
from dotmac_billing.wallets.opening import WalletChange
from dotmac_billing.wallets.repository import WALLET_SORTS, WalletFilter, WalletRepository
from dotmac_billing.wallets.schemas import (
    GrantIn,
    GrantOut,
    MovementOut,
    VoidGrantIn,
    WalletChangeIn,
    WalletIn,
    WalletOut,
)
from dotmac_billing.wallets.service import WalletService
from dotmac_core_ops.database import Tx, clock_of
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    etag_of,
    listing,
    require_match,
    sort_order,
)
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/wallets", tags=["Wallets"])

Reader = Annotated[Principal, Depends(requires("wallets:read"))]
Writer = Annotated[Principal, Depends(requires("wallets:write"))]
_NOTHING = Decimal(0)


@router.post("", status_code=201, summary="Open a wallet", response_model=Envelope[WalletOut])
async def open_wallet(body: WalletIn, tx: Tx, response: Response, _: Writer) -> dict[str, Any]:
    """Let a customer have credit ahead, that invoices draw on when they are issued."""
    wallet = await WalletService(tx).open(body.new_wallet())
    response.headers["etag"] = etag_of(wallet.version)
    return enveloped((await _shown(tx, [wallet]))[0])


@router.get("", summary="List wallets", response_model=Listing[WalletOut])
async def list_wallets(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    customer_id: Annotated[UUID | None, Query()] = None,
    currency: Annotated[CurrencyCode | None, Query()] = None,
    with_closed: Annotated[bool, Query(description="Closed ones too.")] = False,
    sort: Annotated[
        str, Query(description="name, priority or created_at; - for descending.")
    ] = "-created_at",
) -> dict[str, Any]:
    """The wallets of the tenant's customers, with what can be used of them now."""
    field, descending = sort_order(sort, tuple(WALLET_SORTS))
    rows, total = await WalletRepository(tx).page(
        WalletFilter(customer_id, currency, with_closed),
        sort=field,
        descending=descending,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing(await _shown(tx, rows), page, total)


@router.get("/{wallet_id}", summary="Read a wallet", response_model=Envelope[WalletOut])
async def read_wallet(wallet_id: UUID, tx: Tx, response: Response, _: Reader) -> dict[str, Any]:
    """One wallet with what can be used of it now."""
    wallet = await WalletService(tx).get(wallet_id)
    response.headers["etag"] = etag_of(wallet.version)
    return enveloped((await _shown(tx, [wallet]))[0])


@router.patch("/{wallet_id}", summary="Change a wallet", response_model=Envelope[WalletOut])
async def change_wallet(
    wallet_id: UUID,
    body: WalletChangeIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Its name, its priority for new credit, and when it is topped up. Needs `If-Match`."""
    service = WalletService(tx)
    wallet = await service.get(wallet_id, locked=True)
    require_match(request, wallet.version)
    changed = await service.change(wallet, WalletChange(**body.model_dump()))
    response.headers["etag"] = etag_of(changed.version)
    return enveloped((await _shown(tx, [changed]))[0])


@router.post("/{wallet_id}/close", summary="Close a wallet", response_model=Envelope[WalletOut])
async def close_wallet(wallet_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let nothing go into it any more. It must be empty."""
    return enveloped((await _shown(tx, [await WalletService(tx).close(wallet_id)]))[0])


@router.post(
    "/{wallet_id}/grants",
    status_code=201,
    summary="Grant credit",
    response_model=Envelope[GrantOut],
)
async def grant_credit(wallet_id: UUID, body: GrantIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Put credit into a wallet free of charge, such as for a promotion or an outage.

    Above the limit for `wallet_grant` a second person must agree first.
    """
    granted = await WalletService(tx).grant(wallet_id, body.new_grant(), body.approval_id)
    return enveloped(granted)


@router.get(
    "/{wallet_id}/grants", summary="List grants of a wallet", response_model=Listing[GrantOut]
)
async def list_wallet_grants(
    *,
    wallet_id: UUID,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    open_only: Annotated[bool, Query(description="Only those with something left.")] = False,
) -> dict[str, Any]:
    """What was put into a wallet, newest first."""
    await WalletService(tx).get(wallet_id)
    rows, total = await WalletRepository(tx).grants(
        wallet_id, open_only=open_only, limit=page.per_page, offset=page.offset
    )
    return listing(rows, page, total)


@router.post(
    "/{wallet_id}/grants/{grant_id}/void",
    summary="Void a grant",
    response_model=Envelope[GrantOut],
)
async def void_grant(
    wallet_id: UUID, grant_id: UUID, body: VoidGrantIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Take back what is left of it. Paid credit becomes again what it came from."""
    return enveloped(await WalletService(tx).void(wallet_id, grant_id, note=body.note))


@router.get(
    "/{wallet_id}/history",
    summary="Read what happened in a wallet",
    response_model=Listing[MovementOut],
)
async def read_wallet_history(
    wallet_id: UUID, tx: Tx, page: Annotated[PageParams, Depends()], _: Reader
) -> dict[str, Any]:
    """Credit that came in, was used by invoices, expired, rolled over, was voided; newest first."""
    await WalletService(tx).get(wallet_id)
    rows, total = await WalletRepository(tx).movements(
        wallet_id, limit=page.per_page, offset=page.offset
    )
    return listing([dict(row) for row in rows], page, total)


async def _shown(tx: Tx, wallets: Sequence[Wallet]) -> list[WalletOut]:
    found = await WalletRepository(tx).balances(
        [wallet.id for wallet in wallets], clock_of(tx).now()
    )
    shown = []
    for wallet in wallets:
        sums = found.get(wallet.id)
        paid, granted, pending = (
            (_NOTHING, _NOTHING, _NOTHING)
            if sums is None
            else (sums["paid"], sums["granted"], sums["pending"])
        )
        shown.append(WalletOut.of(wallet, paid, granted, pending))
    return shown
