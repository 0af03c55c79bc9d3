"""Storecove, an access point, by its REST interface version 2.

Source: https://www.storecove.com/docs/ (document submissions, evidence, error model).
"""

from __future__ import annotations

import base64
from typing import Any

import httpx

from dotmac_billing.peppol.errors import AccessPointRefusedError, AccessPointUnavailableError
from dotmac_billing.peppol.participant import Participant
from dotmac_billing.peppol.submission import Accepted, Evidence, Submission

PRODUCTION = "https://api.storecove.com/api/v2"
_NOT_NOW = frozenset({401, 403, 408, 425, 429})
_NOT_FOUND = 404
_SERVER_FAULT = 500
_MOST_TOLD = 500
# Storecove has the names of the code list of participant identifier schemes in place of its codes.
_SCHEMES = {
    "0002": "FR:SIRENE",
    "0007": "SE:ORGNR",
    "0009": "FR:SIRET",
    "0060": "DUNS",
    "0088": "GLN",
    "0096": "DK:P",
    "0106": "NL:KVK",
    "0151": "AU:ABN",
    "0183": "CH:UIDB",
    "0184": "DK:DIGST",
    "0190": "NL:OINO",
    "0191": "EE:CC",
    "0192": "NO:ORG",
    "0195": "SG:UEN",
    "0196": "IS:KTNR",
    "0198": "DK:ERST",
    "0199": "LEI",
    "0200": "LT:LEC",
    "0201": "IT:CUUO",
    "0204": "DE:LWID",
    "0208": "BE:EN",
    "0211": "IT:IVA",
    "0213": "FI:VAT",
    "0216": "FI:OVT",
    "9906": "IT:VAT",
    "9912": "EU:VAT",
}
_VAT_COUNTRIES = {
    "9910": "HU",
    "9914": "AT",
    "9920": "ES",
    "9925": "BE",
    "9926": "BG",
    "9927": "CH",
    "9928": "CY",
    "9929": "CZ",
    "9930": "DE",
    "9931": "EE",
    "9932": "GB",
    "9933": "GR",
    "9934": "HR",
    "9935": "IE",
    "9937": "LT",
    "9938": "LU",
    "9939": "LV",
    "9943": "MT",
    "9944": "NL",
    "9945": "PL",
    "9946": "PT",
    "9947": "RO",
    "9948": "RS",
    "9949": "SI",
    "9950": "SK",
    "9957": "FR",
}


class Storecove:
    """Hands documents to Storecove; an `AccessPoint`. Each request is made once."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = PRODUCTION,
        timeout_seconds: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"authorization": f"Bearer {api_key}", "accept": "application/json"},
            timeout=timeout_seconds,
            transport=transport,
        )

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def submit(self, submission: Submission) -> Accepted:
        """Hand a document over; a key that Storecove has had is accepted without its name.

        Raises:
            AccessPointRefusedError, AccessPointUnavailableError: see `AccessPoint.submit`.
        """
        if not submission.account.isdecimal():
            raise AccessPointRefusedError("The sender's account is not the id of a legal entity.")
        answer = await self._ask("POST", "/document_submissions", _model(submission))
        if answer.is_success:
            submission_id = _object(answer).get("guid")
            if not isinstance(submission_id, str) or not submission_id:
                raise AccessPointUnavailableError("an answer without a guid")
            return Accepted(submission_id)
        errors = _errors(answer)
        if any("idempotency" in f"{source} {details}".lower() for source, details in errors):
            return Accepted(None)
        raise AccessPointRefusedError(_told(answer, errors))

    async def evidence(self, submission_id: str) -> Evidence | None:
        """What proves that the document arrived; None while nothing does.

        Raises:
            AccessPointRefusedError, AccessPointUnavailableError: see `AccessPoint.submit`.
        """
        path = f"/document_submissions/{submission_id}/evidence/sending"
        answer = await self._ask("GET", path)
        if answer.status_code == _NOT_FOUND:
            return None
        if not answer.is_success:
            raise AccessPointRefusedError(_told(answer, _errors(answer)))
        proof = _object(answer).get("evidence") or {}
        known = proof.get("transmission_id") or proof.get("message_id")
        return Evidence(None if known is None else str(known))

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, json=body)
        except httpx.TransportError as error:
            raise AccessPointUnavailableError(type(error).__name__) from error
        # A wrong key is the installation's fault, not the document's: that waits until it is right.
        if answer.status_code in _NOT_NOW or answer.status_code >= _SERVER_FAULT:
            raise AccessPointUnavailableError(f"status {answer.status_code}")
        return answer


def routing_identifier(receiver: Participant) -> dict[str, str]:
    """The receiver as Storecove addresses it; a scheme that it has no name for keeps its code."""
    scheme = _SCHEMES.get(receiver.scheme)
    if scheme is None and receiver.scheme in _VAT_COUNTRIES:
        scheme = f"{_VAT_COUNTRIES[receiver.scheme]}:VAT"
    return {"scheme": scheme or receiver.scheme, "id": receiver.identifier}


def _model(submission: Submission) -> dict[str, Any]:
    return {
        "legalEntityId": int(submission.account),
        "idempotencyGuid": str(submission.key),
        "routing": {"eIdentifiers": [routing_identifier(submission.receiver)]},
        # Credit notes are of this type as well: Storecove reads from the UBL which of them it is.
        "document": {
            "documentType": "invoice",
            "rawDocumentData": {
                "document": base64.b64encode(submission.content).decode(),
                "parse": True,
                "parseStrategy": "ubl",
            },
        },
    }


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError as error:
        raise AccessPointUnavailableError("an answer that is not JSON") from error
    if not isinstance(said, dict):
        raise AccessPointUnavailableError("an answer that is no object")
    return said


def _errors(answer: httpx.Response) -> list[tuple[str, str]]:
    """Source and details of each error of Storecove's model; none where it is not that."""
    try:
        said = answer.json()
    except ValueError:
        return []  # an answer of something in between; its status tells enough
    listed = said.get("errors") if isinstance(said, dict) else said
    return [
        (str(one.get("source") or ""), str(one.get("details") or ""))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    ]


def _told(answer: httpx.Response, errors: list[tuple[str, str]]) -> str:
    told = "; ".join(f"{source}: {details}" for source, details in errors)
    return told[:_MOST_TOLD] or f"status {answer.status_code}"
