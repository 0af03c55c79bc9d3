"""Avalara AvaTax, by its REST interface version 2.

Source: https://developer.avalara.com/api-reference/avatax/rest/v2/
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

import httpx

from dotmac_billing.tax.adapters.avalara_answers import taxed_document
from dotmac_billing.tax.adapters.patient_http import PatientHttp, Sleep
from dotmac_billing.tax.documents import (
    TaxableDocument,
    TaxableLine,
    TaxAddress,
    TaxedDocument,
    TaxNotCalculated,
)
from dotmac_billing.tax.errors import TaxServiceRefusedError
from dotmac_core_ops.errors import DomainError

PRODUCTION = "https://rest.avatax.com"
_AT_ONCE = 8
_NOT_TAXED = "NT"
_DETAILS = {"$include": "Details,Summary"}
# Whoever is told so asked before and lost the answer: the transaction stands as it was.
_SETTLED = frozenset({"DocStatusError", "DuplicateEntry", "CannotModifyLockedTransaction"})


class _Commit(TypedDict):
    """Whether a transaction counts for the seller's tax returns."""

    commit: bool


class AvalaraTaxCalculator:
    """Asks AvaTax; a `TaxCalculator`.

    A document that is no estimate is kept there under its id, uncommitted, so that asking again
    replaces it; `commit` it once the invoice is issued. Nothing that fails is taken for tax-free:
    the document comes back as not calculated.
    """

    def __init__(
        self,
        account_id: str,
        license_key: str,
        company_code: str,
        *,
        base_url: str = PRODUCTION,
        timeout_seconds: float = 10.0,
        attempts: int = 4,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._company = company_code
        self._client = httpx.AsyncClient(
            base_url=base_url,
            auth=(account_id, license_key),
            timeout=timeout_seconds,
            transport=transport,
        )
        self._http = PatientHttp("avalara", client=self._client, attempts=attempts, sleep=sleep)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def calculate(
        self, documents: Sequence[TaxableDocument]
    ) -> Sequence[TaxedDocument | TaxNotCalculated]:
        """The documents with their tax, in their order; at most eight are asked for at a time."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(document: TaxableDocument) -> TaxedDocument | TaxNotCalculated:
            async with places:
                try:
                    return await self._calculated(document)
                except DomainError as refusal:
                    return TaxNotCalculated(document.id, refusal)

        return await asyncio.gather(*map(one, documents))

    async def commit(self, document_id: UUID) -> None:
        """The invoice is issued: its tax is owed. To say it again changes nothing.

        Raises:
            TaxServiceUnavailableError, TaxServiceRefusedError: see `ping`.
        """
        await self._settle(document_id, "/commit", _Commit(commit=True), "Committed")

    async def void(self, document_id: UUID) -> None:
        """The invoice is void: its tax is not owed. To say it again changes nothing.

        Raises:
            TaxServiceUnavailableError, TaxServiceRefusedError: see `ping`.
        """
        await self._settle(document_id, "/void", {"code": "DocVoided"}, "Cancelled")

    async def _settle(self, document_id: UUID, verb: str, body: object, wanted: str) -> None:
        try:
            await self._ask("POST", self._transaction(document_id, verb), body)
        except TaxServiceRefusedError as refusal:
            if refusal.reason not in _SETTLED:
                raise
            # Said before, and the answer was lost.
            if (await self._ask("GET", self._transaction(document_id))).get("status") != wanted:
                raise refusal from None

    async def adjust(self, document: TaxableDocument, reason: str) -> TaxedDocument:
        """Replace a committed transaction by what the document says now.

        Raises:
            TaxServiceUnavailableError, TaxServiceRefusedError: see `ping`.
            TaxAnswerFaultyError: see `calculate`.
        """
        body = {
            "adjustmentReason": "Other",
            "adjustmentDescription": reason,
            "newTransaction": self._model(document),
        }
        path = self._transaction(document.id, "/adjust")
        return taxed_document(document, await self._ask("POST", path, body, params=_DETAILS))

    async def resolve(self, address: TaxAddress) -> TaxAddress:
        """The address as the post writes it; what is unknown about it stays out.

        Raises:
            TaxServiceUnavailableError, TaxServiceRefusedError: see `ping`.
        """
        answer = await self._ask("POST", "/api/v2/addresses/resolve", _address(address))
        found = next(iter(answer.get("validatedAddresses") or []), None)
        if found is None:
            raise TaxServiceRefusedError("avalara", "AddressError", "The address was not found.")
        return TaxAddress(
            country=found.get("country"),
            region=found.get("region"),
            postal_code=found.get("postalCode"),
            city=found.get("city"),
            street=found.get("line1"),
        )

    async def ping(self) -> None:
        """Nothing, when AvaTax answers and knows the credentials.

        Raises:
            TaxServiceUnavailableError: it does not answer.
            TaxServiceRefusedError: it answers that it will not, such as for wrong credentials.
        """
        answer = await self._ask("GET", "/api/v2/utilities/ping")
        if not answer.get("authenticated"):
            raise TaxServiceRefusedError("avalara", "AuthenticationException", "Not signed in.")

    async def _calculated(self, document: TaxableDocument) -> TaxedDocument:
        try:
            answer = await self._ask(
                "POST", "/api/v2/transactions/create", self._model(document), params=_DETAILS
            )
        except TaxServiceRefusedError as refusal:
            if document.is_estimate or refusal.reason not in _SETTLED:
                raise
            answer = await self._ask("GET", self._transaction(document.id), params=_DETAILS)
        return taxed_document(document, answer)

    def _transaction(self, document_id: UUID, verb: str = "") -> str:
        return f"/api/v2/companies/{self._company}/transactions/{document_id}{verb}"

    def _model(self, document: TaxableDocument) -> dict[str, Any]:
        total = sum((line.amount for line in document.lines), Decimal(0))
        kind = "Sales" if total >= 0 else "Return"
        return {
            "type": kind + ("Order" if document.is_estimate else "Invoice"),
            "companyCode": self._company,
            "code": str(document.id),
            **_Commit(commit=False),
            "date": document.on.isoformat(),
            "customerCode": document.customer_code,
            "currencyCode": document.currency,
            "businessIdentificationNo": document.tax_id,
            "exemptionNo": _certificate(document),
            "addresses": {
                "shipFrom": _address(document.ship_from),
                "shipTo": _address(document.ship_to),
            },
            "lines": [_line(number, line) for number, line in enumerate(document.lines, 1)],
        }

    async def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        **options: Any,  # noqa: ANN401 (httpx's)
    ) -> dict[str, Any]:
        answer = await self._http.send(method, path, body, **options)
        try:
            said = json.loads(answer.text, parse_float=Decimal, parse_int=Decimal)
        except ValueError:
            said = {}
        if not isinstance(said, dict):
            said = {"answer": said}
        if answer.is_success:
            return said
        error = said.get("error") or {}
        raise TaxServiceRefusedError(
            "avalara", str(error.get("code", answer.status_code)), str(error.get("message", ""))
        )


def _line(number: int, line: TaxableLine) -> dict[str, Any]:
    model = {
        "number": str(number),
        "amount": line.amount,
        "quantity": line.quantity,
        "taxCode": line.external_code,
        "itemCode": line.tax_code,
        "description": line.description,
        "taxIncluded": line.includes_tax,
    }
    if line.given is not None:
        model["taxOverride"] = {
            "type": "TaxAmount",
            "taxAmount": line.given.tax,
            "reason": "Takes back what was invoiced",
        }
    elif line.tax_code is None:
        model["taxCode"] = _NOT_TAXED
    return model


def _certificate(document: TaxableDocument) -> str | None:
    """The buyer's certificate that holds everywhere; others AvaTax knows by itself."""
    return next(
        (
            one.certificate
            for one in document.buyer.exemptions
            if one.holds(document.on) and one.tax_code is None
        ),
        None,
    )


def _address(address: TaxAddress) -> dict[str, str | None]:
    return {
        "line1": address.street,
        "city": address.city,
        "region": address.region,
        "country": address.country,
        "postalCode": address.postal_code,
    }
