"""What an invoice, a credit note or a debit note says: the one model every form is made from.

The names in brackets are those of EN 16931-1 (BT: business term, BG: group of terms).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

_NOTHING = Decimal(0)

EACH = "C62"
"""The unit code of things that are only counted (UN/ECE Recommendation 20)."""


class DocumentKind(Enum):
    """The code of UNTDID 1001 that says what kind of document it is (BT-3)."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    DEBIT_NOTE = "383"
    CORRECTED_INVOICE = "384"

    @property
    def gives_back(self) -> bool:
        """Whether its amounts are owed to the buyer."""
        return self is DocumentKind.CREDIT_NOTE


class Mark(Enum):
    """What is stamped across a page; it says how things stood when the page was made."""

    DRAFT = "draft"
    PAID = "paid"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Party:
    """The seller (BG-4) or the buyer (BG-7). `country` is ISO 3166-1 alpha-2."""

    name: str
    street: str | None = None
    city: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = None
    tax_id: str | None = None
    """VAT number with the country's prefix (BT-31, BT-48)."""
    registration: str | None = None
    """Number in the register of companies (BT-30, BT-47)."""
    contact: str | None = None
    email: str | None = None
    phone: str | None = None
    endpoint: str | None = None
    """Electronic address (BT-34, BT-49); the e-mail address when there is none."""
    endpoint_scheme: str | None = None
    """Code of the electronic address scheme (EAS) that `endpoint` is of."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day that is part of it; documents name this one (BT-74, BT-135)."""
        return max(self.start, self.end - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line (BG-25). `net` is `gross` minus `discount`, all before tax, in the currency's cents.

    `unit_price` is exact and may have more digits than the currency; `gross` is what was charged
    for `quantity` and is not always their product (tiers, packages, minimums); `explanation` says
    then how it came about, a line of text for each step. `tax_rate` is a fraction; None in category
    O, which has no rate.
    """

    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    gross: Decimal
    net: Decimal
    discount: Decimal = _NOTHING
    unit: str = EACH
    tax_category: str = "O"
    tax_rate: Decimal | None = None
    period: Span | None = None
    explanation: tuple[str, ...] = ()
    discount_reason: str | None = None


@dataclass(frozen=True, slots=True)
class TaxSubtotal:
    """All lines of one category and rate (BG-23); `name` is what people call the tax.

    The rate is a fraction, None in category O. The reason and its code (VATEX) say why there is no
    tax in categories E, AE, K, G and O.
    """

    category: str
    rate: Decimal | None
    base: Decimal
    tax: Decimal
    name: str = "VAT"
    exemption_reason: str | None = None
    exemption_code: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    """How to pay (BG-16): by credit transfer to an account, with a reference to quote (BT-83)."""

    iban: str | None = None
    bic: str | None = None
    account_name: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier invoice that this document is about (BG-3)."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, credit note or debit note. Amounts in `currency`, rounded to its minor unit.

    `total` is `net` plus `tax` (BT-112); `due` is `total` minus `paid` (BT-115), where `paid` is
    what had been paid when it was issued. The amounts of a credit note are positive: its kind says
    that they are given back. `tax_in_own_currency` is the tax in the seller's currency of
    accounting, when that is another one (BT-111 in BT-6). `tax_slack` is how far the tax of a group
    may be from base times rate for each of its lines: nothing, or a cent where prices include tax
    or the tax is rounded line by line.
    """

    kind: DocumentKind
    number: str
    issued_on: date
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[DocumentLine, ...]
    taxes: tuple[TaxSubtotal, ...]
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal = _NOTHING
    due: Decimal = _NOTHING
    due_on: date | None = None
    period: Span | None = None
    delivery_country: str | None = None
    means: PaymentMeans | None = None
    terms: str | None = None
    notes: tuple[str, ...] = ()
    preceding: tuple[Reference, ...] = ()
    order: str | None = None
    buyer_reference: str | None = None
    own_currency: str | None = None
    tax_in_own_currency: Decimal | None = None
    tax_slack: Decimal = _NOTHING

    @property
    def discounts(self) -> Decimal:
        """What all lines were reduced by, together."""
        return sum((line.discount for line in self.lines), _NOTHING)
