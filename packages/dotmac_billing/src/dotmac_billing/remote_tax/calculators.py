"""Where a tax service is found by its name: the composition says how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from dotmac_billing.protocols import TaxService
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.errors import TaxServiceNotConfiguredError

Opener = Callable[[TaxCalculatorName], TaxService]
_openers: list[Opener] = []
_own_account: ContextVar[Opener | None] = ContextVar("tax_service_account", default=None)


def open_calculators_by(opener: Opener) -> Opener | None:
    """Use `opener` from now on, and say which was used until now."""
    before = _openers.pop() if _openers else None
    _openers.append(opener)
    return before


@contextmanager
def with_account(opener: Opener | None) -> Iterator[None]:
    """Use `opener` within the block, and nowhere else: somebody has an account of their own.

    None changes nothing.
    """
    token = _own_account.set(opener or _own_account.get())
    try:
        yield
    finally:
        _own_account.reset(token)


def calculator(name: TaxCalculatorName) -> TaxService:
    """The service of that name, to be closed after use.

    Raises:
        TaxServiceNotConfiguredError: there is no account of it.
    """
    own = _own_account.get()
    if own is not None:
        return own(name)
    if not _openers:
        raise TaxServiceNotConfiguredError(name.value)
    return _openers[-1](name)
