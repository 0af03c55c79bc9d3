"""VIES, the register of VAT numbers of the European Commission, by its REST interface."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from dotmac_billing.customers.tax_numbers import TaxNumber, vat_prefix
from dotmac_billing.tax.adapters.patient_http import PatientHttp, Sleep
from dotmac_billing.tax.checked import CheckOutcome, CheckSource, NumberChecked
from dotmac_billing.tax.errors import TaxServiceUnavailableError

_NOTHING = {"", "---"}  # what member states write that do not tell name and address
_WRONG = frozenset({"INVALID", "INVALID_INPUT"})


class ViesRegister:
    """Asks VIES; a `TaxNumberRegister`."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float = 5.0,
        attempts: int = 2,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout_seconds
        self._attempts = attempts
        self._sleep = sleep

    async def check(self, number: TaxNumber, requester: TaxNumber | None) -> NumberChecked:
        """What it says of `number`; with a requester it also gives a proof of having been asked."""
        body = {"countryCode": vat_prefix(number.country), "vatNumber": number.digits}
        if requester is not None:
            body["requesterMemberStateCode"] = vat_prefix(requester.country)
            body["requesterNumber"] = requester.digits
        async with httpx.AsyncClient(timeout=self._timeout) as client:
            http = PatientHttp("vies", client=client, attempts=self._attempts, sleep=self._sleep)
            try:
                answer = await http.send("POST", f"{self._base_url}/check-vat-number", body)
                said = answer.json()
            except (TaxServiceUnavailableError, ValueError):
                said = {}
        return _checked(number, said if isinstance(said, dict) else {})


def _checked(number: TaxNumber, said: dict[str, Any]) -> NumberChecked:
    problems = {str(each.get("error")) for each in said.get("errorWrappers") or ()}
    problems |= {str(said["userError"])} if said.get("userError") else set()
    if said.get("valid") is True:
        outcome = CheckOutcome.VALID
    elif problems & _WRONG or (said.get("valid") is False and not problems):
        outcome = CheckOutcome.INVALID
    else:
        outcome = CheckOutcome.UNAVAILABLE
    return NumberChecked(
        number.country,
        number.digits,
        CheckSource.VIES,
        outcome,
        _text(said.get("name")),
        _text(said.get("address")),
        _text(said.get("requestIdentifier")),
    )


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() not in _NOTHING else None
