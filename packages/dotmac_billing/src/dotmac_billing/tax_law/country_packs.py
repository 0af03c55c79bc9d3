"""Rates of some countries, to begin with. What a tenant writes down itself goes before them.

As published by the tax authorities and known on the day each pack is named for, standard rates
only. They hold from that day on and say nothing of the time before; check them before relying on
them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from dotmac_billing.tax.rules import Supply
from dotmac_billing.tax_law.written import NewRule

_SINCE = date(2026, 1, 1)


def _vat(rates: dict[str, str], *, code: str = "VAT") -> tuple[NewRule, ...]:
    return tuple(
        NewRule(country, code, Decimal(rate), _SINCE, name=f"{code} {country}")
        for country, rate in rates.items()
    )


_EU = _vat(
    {
        "AT": "0.20",
        "BE": "0.21",
        "BG": "0.20",
        "CY": "0.19",
        "CZ": "0.21",
        "DE": "0.19",
        "DK": "0.25",
        "EE": "0.24",
        "ES": "0.21",
        "FI": "0.255",
        "FR": "0.20",
        "GR": "0.24",
        "HR": "0.25",
        "HU": "0.27",
        "IE": "0.23",
        "IT": "0.22",
        "LT": "0.21",
        "LU": "0.17",
        "LV": "0.21",
        "MT": "0.18",
        "NL": "0.21",
        "PL": "0.23",
        "PT": "0.23",
        "RO": "0.21",
        "SE": "0.25",
        "SI": "0.22",
        "SK": "0.23",
    }
)


def _india() -> Iterable[NewRule]:
    half, whole = Decimal("0.09"), Decimal("0.18")
    for position, code in enumerate(("CGST", "SGST"), 1):
        yield NewRule(
            "IN", code, half, _SINCE, supply=Supply.WITHIN_REGION, position=position, name=code
        )
    yield NewRule("IN", "IGST", whole, _SINCE, supply=Supply.BETWEEN_REGIONS, name="IGST")


def _canada() -> Iterable[NewRule]:
    yield NewRule("CA", "GST", Decimal("0.05"), _SINCE, name="GST")
    harmonised = {"ON": "0.13", "NB": "0.15", "NL": "0.15", "PE": "0.15", "NS": "0.14"}
    for region, rate in harmonised.items():
        yield NewRule("CA", "HST", Decimal(rate), _SINCE, name="HST", region=region, slot="GST")
    provincial = {"QC": ("QST", "0.09975"), "BC": ("PST", "0.07"), "SK": ("PST", "0.06")}
    for region, (code, rate) in {**provincial, "MB": ("RST", "0.07")}.items():
        yield NewRule("CA", code, Decimal(rate), _SINCE, name=code, region=region, position=1)


PACKS: dict[str, tuple[NewRule, ...]] = {
    "eu": _EU,
    "gb": _vat({"GB": "0.20"}),
    "ch": _vat({"CH": "0.081"}),
    "au": _vat({"AU": "0.10"}, code="GST"),
    "nz": _vat({"NZ": "0.15"}, code="GST"),
    "in": tuple(_india()),
    "ca": tuple(_canada()),
}
"""Rules by the name of a pack, as known on 1 January 2026."""

STANDARD_CATEGORY = "standard"
"""The category of products that a tenant gets with its first pack."""
