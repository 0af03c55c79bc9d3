"""Which treatment a line gets: for this buyer, this product, on this day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from dotmac_billing.tax.buyer import Exemption, TaxBuyer
from dotmac_billing.tax.errors import TaxRuleMissingError, TaxSellerUnknownError
from dotmac_billing.tax.place_of_supply import Place, Seller, place_of_supply
from dotmac_billing.tax.rates import TaxRates
from dotmac_billing.tax.rule_book import RuleBook
from dotmac_billing.tax.rules import Rule
from dotmac_billing.tax.treatment import (
    EXEMPT,
    STANDARD,
    ZERO,
    AppliedTax,
    Treatment,
    treatment_of,
)

_NOTHING = Decimal(0)


class Taxes:
    """All tax law that a tenant has written down; read once, asked for every line.

    A line's code is that of a tax of the tenant's own, whose rate of the day is then charged
    wherever the buyer is; or it is a category of products, and rules decide. Certificates count in
    both cases.
    """

    def __init__(
        self,
        rates: TaxRates,
        names: Mapping[str, str] | None = None,
        *,
        seller: Seller | None = None,
        categories: Mapping[str, bool] | None = None,
        rules: Iterable[Rule] = (),
    ) -> None:
        """`categories` says of each whether it is goods."""
        self._rates = rates
        self._names = names or {}
        self._seller = seller or Seller()
        self._categories = categories or {}
        self._rules = RuleBook(rules)
        self._direct: dict[tuple[str, date], Treatment] = {}
        self._found: dict[tuple[Place, str, date], Treatment] = {}

    def treatment(self, buyer: TaxBuyer, code: str | None, on: date) -> Treatment | None:
        """The taxes on a line of that code on that day; None for a line that has no code.

        Raises:
            TaxRateMissingError: nothing says what the code means, or not on that day.
            TaxRuleMissingError: the seller collects tax at the place of supply, and no rule says
                which.
            TaxSellerUnknownError: rules are needed, and the seller's country is not set.
        """
        if code is None:
            return None
        found = self._direct.get((code, on))
        place: Place | None = None
        if found is None:
            if code in self._rates or code not in self._categories:
                found = self._direct[code, on] = self._of_rate(code, on)
            else:
                found, place = self._of_rules(buyer, code, on)
        return _freed(found, buyer, place, on) if buyer.exemptions else found

    @property
    def has_rules(self) -> bool:
        """Whether it may matter where and what a buyer is, certificates aside."""
        return bool(self._categories)

    def is_taxable_code(self, code: str) -> bool:
        """Whether lines may have it: it is a tax or a category of products."""
        return code in self._rates or code in self._categories

    def _of_rate(self, code: str, on: date) -> Treatment:
        rate = self._rates.on(code, on)
        tax = AppliedTax(
            code, self._names.get(code, code), rate, category=STANDARD if rate else ZERO
        )
        return treatment_of(tax, key=code)

    def _of_rules(self, buyer: TaxBuyer, code: str, on: date) -> tuple[Treatment, Place | None]:
        if self._seller.country is None:
            raise TaxSellerUnknownError(code)
        place = place_of_supply(self._seller, buyer, on, is_goods=self._categories[code])
        if isinstance(place, Treatment):
            return place, None
        place = self._rules.narrowed(place)
        found = self._found.get((place, code, on))
        if found is None:
            rules = self._rules.holding(place, code, on)
            if not rules:
                raise TaxRuleMissingError(code, place.country, place.region, on)
            found = self._found[place, code, on] = treatment_of(*(rule.applied() for rule in rules))
        return found, place


def _freed(found: Treatment, buyer: TaxBuyer, place: Place | None, on: date) -> Treatment:
    """The treatment without the taxes that a certificate of the buyer frees it of."""
    where = (buyer.country, buyer.region) if place is None else (place.country, place.region)
    holding = [each for each in buyer.exemptions if each.holds(on)]
    taxes = tuple(_exempt(tax, holding, where) for tax in found.taxes)
    return found if taxes == found.taxes else treatment_of(*taxes)


def _exempt(
    tax: AppliedTax, exemptions: list[Exemption], where: tuple[str | None, str | None]
) -> AppliedTax:
    if not tax.rate:
        return tax
    for one in exemptions:
        if (
            one.country in {None, where[0]}
            and one.region in {None, where[1]}
            and one.tax_code in {None, tax.code}
        ):
            return tax._replace(
                rate=_NOTHING,
                is_compound=False,
                category=EXEMPT,
                exemption_reason=f"{one.reason} ({one.certificate})",
                exemption_code=one.reason_code,
            )
    return tax
