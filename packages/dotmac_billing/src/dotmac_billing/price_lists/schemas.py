"""The shape of a price list in a file, and of what HTTP says about one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, ValidationError

from dotmac_billing.catalog.component_prices import PRICE_OF
from dotmac_billing.catalog.plan import MOST_COMPONENTS, NewComponent, NewPlan
from dotmac_billing.catalog.schemas import (
    Code,
    ConditionsIn,
    Description,
    Name,
    Parameter,
    PartIn,
    Price,
    RateFraction,
    RuleIn,
    Word,
)
from dotmac_billing.price_lists.difference import Step
from dotmac_billing.price_lists.errors import InvalidPriceListError
from dotmac_billing.price_lists.price_list import (
    ListedPlan,
    ListedProduct,
    ListedRate,
    Mistake,
    PriceList,
)
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.usage.meters.definition import BACK_DATING_DAYS, NewMeter
from dotmac_billing.usage.terms import Aggregation, LatePolicy, Weighting
from dotmac_core_ops.http import RequestModel, ResponseModel

MOST_PLANS = 2000


class ProductEntry(RequestModel):
    """A product, under its code."""

    name: Name
    description: Description | None = None


class MeterEntry(RequestModel):
    """A meter, under its code. Only name, lateness and window may change later."""

    name: Name
    aggregation: Aggregation
    weighting: Weighting | None = None
    value_property: Word | None = None
    price_property: Word | None = None
    filters: dict[Word, list[Word]] = {}
    dimensions: list[Word] = []
    late_policy: LatePolicy = LatePolicy.NEXT_INVOICE
    back_dating_days: int = BACK_DATING_DAYS

    def new(self, code: str) -> NewMeter:
        """As metering takes it."""
        words = dict(self)
        words["filters"] = {name: tuple(values) for name, values in self.filters.items()}
        return NewMeter(code=code, **{**words, "dimensions": tuple(self.dimensions)})


class RateEntry(RequestModel):
    """A tax's rate from a day on, under its code."""

    rate: RateFraction
    valid_from: date
    name: Name | None = None


class ComponentEntry(PartIn):
    """A component, under its code; a price is a number where the model has just one."""

    prices: Annotated[dict[CurrencyCode, Price | dict[Word, Parameter]], Field(min_length=1)]

    def new(self, code: str) -> NewComponent:
        """As the catalogue takes it."""
        prices: dict[str, dict[str, Any]] = {}
        for currency, price in self.prices.items():
            name = PRICE_OF.get(self.model, "price")
            prices[currency] = {name: price} if isinstance(price, Decimal) else price
        return self.component(code, Decimal(0), prices)


class PlanEntry(ConditionsIn):
    """A plan with its newest terms, under its code."""

    name: Name
    description: Description | None = None
    product: Code | None = None
    is_public: bool = True
    is_add_on: bool = False
    retired_on: date | None = None
    components: Annotated[
        dict[Code, ComponentEntry], Field(min_length=1, max_length=MOST_COMPONENTS)
    ]

    def listed(self, code: str) -> ListedPlan:
        """As a price list has it."""
        parts = [entry.new(part) for part, entry in self.components.items()]
        return ListedPlan(
            NewPlan(
                code,
                self.name,
                self.with_components(parts),
                self.description,
                is_public=self.is_public,
                product=self.product,
                is_add_on=self.is_add_on,
            ),
            self.retired_on,
        )


class PriceListDocument(RequestModel):
    """A price list. What it does not name stays as it is; of what it names it says everything."""

    products: Annotated[dict[Code, ProductEntry], Field(max_length=MOST_PLANS)] = {}
    meters: Annotated[dict[Code, MeterEntry], Field(max_length=MOST_PLANS)] = {}
    tax_rates: Annotated[dict[Code, list[RateEntry]], Field(max_length=MOST_PLANS)] = {}
    plans: Annotated[dict[Code, PlanEntry], Field(max_length=MOST_PLANS)] = {}
    change_rules: Annotated[list[RuleIn], Field(max_length=500)] | None = None

    def price_list(self) -> PriceList:
        """What it says."""
        rules = self.change_rules
        return PriceList(
            products=tuple(
                ListedProduct(code, entry.name, entry.description)
                for code, entry in self.products.items()
            ),
            meters=tuple(entry.new(code) for code, entry in self.meters.items()),
            tax_rates=tuple(
                ListedRate(code, entry.rate, entry.valid_from, entry.name or code)
                for code, entries in self.tax_rates.items()
                for entry in entries
            ),
            plans=tuple(entry.listed(code) for code, entry in self.plans.items()),
            change_rules=None if rules is None else tuple(rule.rule() for rule in rules),
        )


def price_list_of(document: object) -> PriceList:
    """What a document, as read from a file, says.

    Raises:
        InvalidPriceListError: a value is missing, unknown or wrong; each with its path.
    """
    try:
        return PriceListDocument.model_validate({} if document is None else document).price_list()
    except ValidationError as error:
        raise InvalidPriceListError(list(_mistakes(error))) from error


def _mistakes(error: ValidationError) -> Iterator[Mistake]:
    seen = set()
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        # Names of types and functions are no part of a path in the file.
        parts = [str(part) for part in one["loc"] if not _is_inner(str(part))]
        path = ".".join(parts)
        if path not in seen:  # a value that may be of two kinds is wrong once, not twice
            seen.add(path)
            yield Mistake(path or "the file", one["msg"].removeprefix("Value error, "))


def _is_inner(part: str) -> bool:
    return part.startswith(("function-", "dict[", "list[", "json-or-", "lax-or-")) or part in {
        *("bool", "str", "decimal", "int", "[key]", "constrained-str", "Parameter", "date")
    }


class PriceListIn(RequestModel):
    """A price list as YAML (or JSON, which is YAML)."""

    yaml: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2_000_000,
            examples=["plans:\n  FIBER-100:\n    name: Fiber 100\n    …"],
        ),
    ]
    dry_run: Annotated[bool, Field(description="Say what would be done; do nothing.")] = False


class EditOut(ResponseModel):
    """One value that is added (`before` null), removed (`after` null) or replaced."""

    path: Annotated[str, Field(examples=["components.line.prices.EUR"])]
    before: Any
    after: Any


class ChangeOut(ResponseModel):
    """A step, the code of what it is about, and what it changes."""

    step: Step
    code: str
    edits: list[EditOut]


class AppliedOut(ResponseModel):
    """What was done, or would be."""

    is_applied: bool
    changes: list[ChangeOut]
