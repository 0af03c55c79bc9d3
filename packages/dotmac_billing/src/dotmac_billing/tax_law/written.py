"""Tax law before it is written: what is said, and what cannot be meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dotmac_billing.tax.rule_book import compact_postal_code
from dotmac_billing.tax.rules import RuleBuyer, Supply
from dotmac_billing.tax.treatment import STANDARD, UNTAXED
from dotmac_billing.tax_law.errors import InvalidTaxRuleError, InvalidTaxSpanError

CATEGORIES = (STANDARD, *sorted(UNTAXED), "L", "M")
"""UNTDID 5305 as EN 16931 has it; L and M are the taxes of the Canaries and of Ceuta."""

HIGHEST_RATE = Decimal(1)


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule to be; see `tax.rules.Rule`. Without `slot` it has one of its own: its tax code."""

    country: str
    tax_code: str
    rate: Decimal
    valid_from: date
    name: str | None = None
    region: str | None = None
    postal_prefix: str | None = None
    city: str | None = None
    product_category: str | None = None
    buyer: RuleBuyer = RuleBuyer.ANY
    supply: Supply = Supply.ANY
    slot: str | None = None
    is_compound: bool = False
    position: int = 0
    category: str = STANDARD
    jurisdiction: str | None = None
    exemption_reason: str | None = None
    exemption_code: str | None = None
    valid_until: date | None = None

    @property
    def identity(self) -> tuple[object, ...]:
        """What two rules may not have in common."""
        return (
            *(self.country, self.region, compact_postal_code(self.postal_prefix)),
            *((self.city or "").casefold(), self.product_category, self.buyer.value),
            *(self.supply.value, self.slot or self.tax_code, self.valid_from),
        )


def require_sound(rule: NewRule) -> None:
    """Refuse a rule that contradicts itself.

    Raises:
        InvalidTaxSpanError: it ends before it begins.
        InvalidTaxRuleError: a rate where the category has none, none where it must have one, no
            reason where one is due, or a region-bound supply in a rule without need of it.
    """
    require_span(rule.valid_from, rule.valid_until)
    if not 0 <= rule.rate <= HIGHEST_RATE:
        raise InvalidTaxRuleError("A rate is a fraction from 0 to 1.", rule.tax_code)
    if rule.category not in CATEGORIES:
        raise InvalidTaxRuleError(f"There is no category {rule.category!r}.", rule.tax_code)
    if rule.category in UNTAXED and rule.rate:
        raise InvalidTaxRuleError(f"Category {rule.category} has the rate 0.", rule.tax_code)
    if rule.category == STANDARD and not rule.rate:
        raise InvalidTaxRuleError("Nothing at a standard rate is category Z or E.", rule.tax_code)
    if rule.category in UNTAXED - {"Z"} and not (rule.exemption_reason or rule.exemption_code):
        raise InvalidTaxRuleError(f"Category {rule.category} needs a reason.", rule.tax_code)


def require_span(valid_from: date, valid_until: date | None) -> None:
    """Refuse what ends before it begins, or on the day it begins.

    Raises:
        InvalidTaxSpanError: it does.
    """
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidTaxSpanError(valid_from, valid_until)
