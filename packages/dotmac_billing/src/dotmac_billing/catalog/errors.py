"""What the catalogue refuses."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class PlanNotFoundError(NotFoundError):
    """There is no plan, or no version of it, with this id or code."""

    code = "PLAN_NOT_FOUND"

    def __init__(self, plan: UUID | str) -> None:
        super().__init__("There is no such plan.", plan=str(plan))


class PlanNotAvailableError(ConflictError):
    """The plan is retired, or no version of it is available yet."""

    code = "PLAN_NOT_AVAILABLE"

    def __init__(self, plan: UUID | str, on: date) -> None:
        super().__init__(f"The plan is not offered on {on}.", plan=str(plan), on=on)


class PlanCodeTakenError(ConflictError):
    """Another plan has this code; publish a version of it instead."""

    code = "PLAN_CODE_TAKEN"

    def __init__(self, plan_code: str) -> None:
        super().__init__(f"The plan code {plan_code!r} is taken.", plan_code=plan_code)


class ProductNotFoundError(NotFoundError):
    """There is no product with this id or code."""

    code = "PRODUCT_NOT_FOUND"

    def __init__(self, product: UUID | str) -> None:
        super().__init__("There is no such product.", product=str(product))


class ProductCodeTakenError(ConflictError):
    """Another product has this code."""

    code = "PRODUCT_CODE_TAKEN"

    def __init__(self, product_code: str) -> None:
        super().__init__(f"The product code {product_code!r} is taken.", product_code=product_code)


class InvalidChangeRulesError(InvalidError):
    """Rules about changes of plan that name no plan, or the same change twice."""

    code = "INVALID_CHANGE_RULES"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)


class PricingModelNotAvailableError(InvalidError):
    """None of the plan's components is priced the way its pricing model says."""

    code = "PRICING_MODEL_NOT_AVAILABLE"

    def __init__(self, pricing_model: str) -> None:
        super().__init__(
            f"No component is priced as {pricing_model!r} says; leave the pricing model out.",
            pricing_model=pricing_model,
        )


class InvalidPlanError(InvalidError):
    """A plan's terms contradict each other; the details name the part."""

    code = "INVALID_PLAN"

    def __init__(self, problem: str, component: str | None = None) -> None:
        super().__init__(problem, component=component)


class PlanMeterUnknownError(InvalidError):
    """A component names a meter that nobody has defined; define it first. `field` is its path."""

    code = "PLAN_METER_UNKNOWN"

    def __init__(self, field: str, problem: str, component: str) -> None:
        super().__init__(problem, field=field, component=component)


class PlanMeterUnfitError(InvalidError):
    """A component's meter does not count what its price is worked out from; `field` is the path.

    Let the component name a meter that does, or charge by another model.
    """

    code = "PLAN_METER_UNFIT"

    def __init__(self, field: str, problem: str, component: str) -> None:
        super().__init__(problem, field=field, component=component)


class UnknownTaxCodeError(InvalidError):
    """No tax rate has this code."""

    code = "UNKNOWN_TAX_CODE"

    def __init__(self, tax_code: str) -> None:
        super().__init__(f"There is no tax rate with the code {tax_code!r}.", tax_code=tax_code)


class TaxCodeTakenError(ConflictError):
    """The code is that of a category of products, whose tax the rules decide."""

    code = "TAX_CODE_TAKEN"

    def __init__(self, tax_code: str) -> None:
        super().__init__(f"{tax_code!r} is a tax category.", tax_code=tax_code)


class TaxRateExistsError(ConflictError):
    """The tax has a rate from this day on already; give the new rate a later first day."""

    code = "TAX_RATE_EXISTS"

    def __init__(self, tax_code: str, valid_from: date) -> None:
        super().__init__(
            f"{tax_code!r} has a rate from {valid_from} already.",
            tax_code=tax_code,
            valid_from=valid_from,
        )
