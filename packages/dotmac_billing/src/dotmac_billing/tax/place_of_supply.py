"""Where a supply is taxed, or why it is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.rules import Registration, Scheme
from dotmac_billing.tax.treatment import (
    EXPORT,
    INTRA_COMMUNITY,
    OUTSIDE,
    REVERSE_CHARGE,
    AppliedTax,
    Treatment,
    treatment_of,
)
from dotmac_billing.tax.union import in_union

_NOTHING = Decimal(0)


class Seller(NamedTuple):
    """The tenant as the law of taxes sees it."""

    country: str | None = None
    region: str | None = None
    postal_code: str | None = None
    registrations: tuple[Registration, ...] = ()

    def collects_in(self, country: str, region: str | None, on: date) -> bool:
        """Whether it charges that place's tax on that day.

        At home it does without being registered, unless it wrote down where it is: then only there.
        """
        known = [
            one
            for one in self.registrations
            if one.scheme is Scheme.DOMESTIC and one.country == country
        ]
        if not known:
            return country == self.country
        return any(one.holds(on) and one.region in {None, region} for one in known)

    def uses_oss(self, on: date) -> bool:
        """Whether it declares sales to consumers of the EU through one stop shop."""
        return any(one.scheme is Scheme.OSS and one.holds(on) for one in self.registrations)


class Place(NamedTuple):
    """Where rules are looked up. `is_within`: seller and buyer are in one region."""

    country: str
    region: str | None
    postal_code: str | None
    city: str | None
    is_within: bool
    is_business: bool


def place_of_supply(
    seller: Seller, buyer: TaxBuyer, on: date, *, is_goods: bool
) -> Place | Treatment:
    """The place whose rules hold, or the treatment of a supply on which no tax is charged.

    Within the EU a business with a valid number owes the tax itself (`AE`, for goods `K`); a
    consumer pays the rate of its own country when the seller uses one stop shop and else the
    seller's. Out of the EU goes an export (`G`) or what is outside the scope (`O`). Anywhere else
    tax is charged where the seller collects it.

    Source: Directive 2006/112/EC, articles 33, 44, 45, 58, 59c, 138, 146 and 196.
    """
    assert seller.country is not None
    country = buyer.country or seller.country
    sells_in_union = in_union(seller.country, seller.postal_code)
    buys_in_union = in_union(country, buyer.postal_code)
    # Las Palmas is in Spain, and for VAT as far away as New York.
    is_across = sells_in_union != buys_in_union or country != seller.country
    if not is_across or buys_in_union == in_union(country):
        if seller.collects_in(country, buyer.region, on):
            return _place(seller, buyer, country)
        if not is_across:
            return _not_registered(country, buyer.region)
    if buys_in_union and (sells_in_union or seller.uses_oss(on)):
        return _within_union(seller, buyer, on, is_goods=is_goods)
    if sells_in_union:
        return (_EXPORT if is_goods else _OUTSIDE)[country]
    return _not_registered(country, buyer.region)


def _within_union(
    seller: Seller, buyer: TaxBuyer, on: date, *, is_goods: bool
) -> Place | Treatment:
    """From a seller in the union, or in its one stop shop, to a buyer in another member state."""
    assert buyer.country is not None
    if buyer.is_business and buyer.has_valid_tax_id:
        return (_INTRA_COMMUNITY if is_goods else _REVERSE_CHARGE)[buyer.country]
    if seller.uses_oss(on):
        return _place(seller, buyer, buyer.country)
    return _at_home(seller, buyer, on)


def _place(seller: Seller, buyer: TaxBuyer, country: str) -> Place:
    # Where the buyer's address is not on record the supply is where the supplier is
    # (India: IGST Act, section 12 (2) (b)).
    is_within = country == seller.country and (
        buyer.region is None or seller.region is None or buyer.region == seller.region
    )
    region = buyer.region or (seller.region if is_within else None)
    return Place(country, region, buyer.postal_code, buyer.city, is_within, buyer.is_business)


def _at_home(seller: Seller, buyer: TaxBuyer, on: date) -> Place | Treatment:
    assert seller.country is not None
    if not seller.collects_in(seller.country, seller.region, on):
        return _not_registered(seller.country, seller.region)
    return Place(
        seller.country,
        seller.region,
        seller.postal_code,
        None,
        is_within=True,
        is_business=buyer.is_business,
    )


class _Untaxed(dict[str, Treatment]):
    """A treatment without tax, by the buyer's country."""

    def __init__(self, category: str, name: str, exemption_code: str) -> None:
        super().__init__()
        self._tax = AppliedTax(
            code=category,
            name=name,
            rate=_NOTHING,
            category=category,
            exemption_reason=name,
            exemption_code=exemption_code,
        )

    def __missing__(self, country: str) -> Treatment:
        found = self[country] = treatment_of(self._tax._replace(jurisdiction=country))
        return found


_REVERSE_CHARGE = _Untaxed(REVERSE_CHARGE, "Reverse charge", "VATEX-EU-AE")
_INTRA_COMMUNITY = _Untaxed(INTRA_COMMUNITY, "Intra-Community supply", "VATEX-EU-IC")
_EXPORT = _Untaxed(EXPORT, "Export outside the EU", "VATEX-EU-G")
_OUTSIDE = _Untaxed(OUTSIDE, "Not subject to VAT", "VATEX-EU-O")


def _not_registered(country: str, region: str | None) -> Treatment:
    where = country if region is None else f"{country}-{region}"
    return treatment_of(
        AppliedTax(
            code=OUTSIDE,
            name="No tax collected",
            rate=_NOTHING,
            category=OUTSIDE,
            jurisdiction=where,
            exemption_reason=f"Seller not registered for tax in {where}",
        )
    )
