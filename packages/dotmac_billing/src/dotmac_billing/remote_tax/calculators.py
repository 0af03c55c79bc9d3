"""Where a tax service is found by its name: the composition says how."""

from __future__ import annotations

from collections.abc import Callable

from dotmac_billing.protocols import TaxService
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.errors import TaxServiceNotConfiguredError

Opener = Callable[[TaxCalculatorName], TaxService]
_openers: list[Opener] = []


def open_calculators_by(opener: Opener) -> Opener | None:
    """Use `opener` from now on, and say which was used until now."""
    before = _openers.pop() if _openers else None
    _openers.append(opener)
    return before


def calculator(name: TaxCalculatorName) -> TaxService:
    """The service of that name, to be closed after use.

    Raises:
        TaxServiceNotConfiguredError: there is no account of it.
    """
    if not _openers:
        raise TaxServiceNotConfiguredError(name.value)
    return _openers[-1](name)
