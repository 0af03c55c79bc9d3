"""Who holds a permission for something near does not get in by it."""

from __future__ import annotations

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.testing import Tenant

ID = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("held", "method", "path"),
    [
        ("plans:read", "POST", "/plans"),
        ("plans:read", "POST", "/products"),
        ("plans:read", "PUT", "/change-rules"),
        ("plans:read", "POST", "/tax-rates"),
        ("plans:read", "POST", "/catalog/apply"),
        ("billing:read", "PATCH", f"/billing/customers/{ID}"),
        ("billing:read", "PUT", "/billing/number-series/invoice"),
        ("usage:ingest", "POST", "/usage/corrections"),
        ("usage:read", "POST", "/usage/events"),
        ("usage:read", "POST", "/usage/alerts"),
        ("usage:ingest", "GET", "/usage/late"),
        ("usage:ingest", "GET", f"/subscriptions/{ID}/usage"),
        ("discounts:read", "POST", "/coupons"),
        ("wallets:read", "POST", f"/wallets/{ID}/recurring-grants"),
        ("wallets:read", "POST", f"/wallets/{ID}/top-ups"),
        ("wallets:read", "POST", f"/wallets/{ID}/grants"),
        ("credit_notes:read", "POST", "/credit-notes"),
        ("credit_notes:read", "POST", "/debit-notes"),
        ("invoices:read", "POST", "/invoice-drafts"),
        ("invoices:read", "POST", f"/customers/{ID}/invoices"),
        ("invoices:issue", "POST", f"/invoices/{ID}/void"),
        ("late_fees:read", "POST", "/late-fee-rules"),
        ("late_fees:read", "POST", f"/invoices/{ID}/late-fees/waiver"),
        ("invoices:read", "GET", f"/billing/customers/{ID}/statements"),
        ("ledger:read", "POST", "/ledger/chart"),
        ("ledger:write", "POST", "/ledger/periods/close"),
        ("ledger:write", "POST", "/ledger/periods/reopen"),
        ("invoices:read", "GET", "/reports/trial-balance"),
        ("invoices:read", "GET", "/ledger/journal/export"),
        ("bill_runs:read", "POST", "/bill-runs"),
    ],
)
async def test_a_permission_for_something_near_is_not_enough(
    signed_in: SignedIn, tenant: Tenant, held: str, method: str, path: str
) -> None:
    somebody: httpx.AsyncClient = signed_in(tenant, held)

    refused = await somebody.request(method, path, json={} if method != "GET" else None)

    assert refused.status_code == 403, refused.text
    assert refused.json()["error"]["code"] == "PERMISSION_DENIED"
