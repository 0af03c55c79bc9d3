"""Refusals of writing tax law down.

```text
InvalidTaxRuleError         422
InvalidTaxSpanError         422
UnknownTaxCategoryError     422
TaxRuleExistsError          409
TaxCategoryTakenError       409
TaxLawNotFoundError         404
TaxedCustomerUnknownError   422
UnknownRuleFileError        422
UnknownTaxPackError         422
```
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class InvalidTaxRuleError(InvalidError):
    """A rule contradicts itself; the message says how."""

    code = "INVALID_TAX_RULE"

    def __init__(self, problem: str, tax_code: str) -> None:
        super().__init__(problem, tax_code=tax_code)


class InvalidTaxSpanError(InvalidError):
    """What ends must end after it began."""

    code = "INVALID_TAX_SPAN"

    def __init__(self, valid_from: date, valid_until: date) -> None:
        super().__init__(
            f"It holds from {valid_from} and cannot end on {valid_until}.",
            valid_from=valid_from,
            valid_until=valid_until,
        )


class UnknownTaxCategoryError(InvalidError):
    """There is no category of products with this code."""

    code = "UNKNOWN_TAX_CATEGORY"

    def __init__(self, category: str) -> None:
        super().__init__(f"There is no tax category {category!r}.", category=category)


class TaxRuleExistsError(ConflictError):
    """There is a rule for the same place, product, buyer and tax from this day on."""

    code = "TAX_RULE_EXISTS"

    def __init__(self, slot: str, valid_from: date) -> None:
        super().__init__(
            f"{slot!r} has such a rule from {valid_from} already.", slot=slot, valid_from=valid_from
        )


class TaxCategoryTakenError(ConflictError):
    """The code is that of a tax or of another category."""

    code = "TAX_CATEGORY_TAKEN"

    def __init__(self, category: str) -> None:
        super().__init__(f"The code {category!r} is taken.", category=category)


class TaxLawNotFoundError(NotFoundError):
    """There is no rule, registration, category, certificate or withholding of this id."""

    code = "TAX_LAW_NOT_FOUND"

    def __init__(self, row_id: UUID) -> None:
        super().__init__("There is no such entry.", id=str(row_id))


class TaxedCustomerUnknownError(InvalidError):
    """The body names a customer that billing does not have."""

    code = "TAXED_CUSTOMER_UNKNOWN"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("There is no such customer.", customer_id=str(customer_id))


class UnknownRuleFileError(InvalidError):
    """The file's columns are those of no table of tax rates known here."""

    code = "UNKNOWN_RULE_FILE"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)


class UnknownTaxPackError(InvalidError):
    """There is no pack of countries with this name."""

    code = "UNKNOWN_TAX_PACK"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"There is no pack {name!r}; there are {', '.join(known)}.", name=name, known=known
        )
