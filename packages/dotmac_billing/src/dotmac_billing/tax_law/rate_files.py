"""Tables of tax rates as files have them, as rules."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from dotmac_billing.tax.rules import RuleBuyer, Supply
from dotmac_billing.tax_law.errors import InvalidTaxRuleError, InvalidTaxSpanError
from dotmac_billing.tax_law.written import NewRule, require_sound

_PERCENT = Decimal(100)
_REQUIRED = ("country", "tax_code", "rate", "valid_from")
_TEXTS = (
    *("name", "region", "postal_prefix", "city", "product_category", "slot", "jurisdiction"),
    *("exemption_reason", "exemption_code"),
)
_KNOWN = frozenset(
    {
        *_REQUIRED,
        *_TEXTS,
        *("buyer", "supply", "is_compound", "position", "category", "valid_until"),
    }
)
# The columns of the tables by ZIP code that are handed out for the United States.
_ZIP = ("State", "ZipCode", "TaxRegionName", "StateRate")
_LOCAL = (
    ("COUNTY", "EstimatedCountyRate", "county"),
    ("CITY", "EstimatedCityRate", "city"),
    ("SPECIAL", "EstimatedSpecialRate", "special district"),
)


@dataclass(frozen=True)
class Reject:
    """A row that says nothing valid; `line` counts from 1, the header included."""

    line: int
    reason: str


@dataclass
class RuleFile:
    """What a file says: rules with the lines they stand on, and the rows that make none."""

    lines: list[int] = field(default_factory=list)
    rules: list[NewRule] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


class UnknownColumns(ValueError):  # noqa: N818 (it is told to whoever made the file)
    """The header is that of no table known here."""


def read_rules(lines: Iterable[str], *, valid_from: date | None = None) -> RuleFile:
    """The rules of a CSV file with a header, in either of two forms.

    Ours has the fields of a rule for columns (`country`, `tax_code`, `rate` and `valid_from` at
    least); `rate` is a fraction, or with a percent sign a percentage. The other has a row for each
    ZIP code of the United States (`State`, `ZipCode`, `TaxRegionName`, `StateRate`,
    `EstimatedCountyRate`, `EstimatedCityRate`, `EstimatedSpecialRate`), each a part of the rate.

    `valid_from` is the first day of rows that say none. Of rows that cannot be rules the reason is
    told; the others are not held up.

    Raises:
        UnknownColumns: the header fits neither form.
    """
    rows = csv.DictReader(lines)
    header = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = header
    if set(_ZIP) <= set(header):
        return _by_zip_code(rows, valid_from)
    unknown = sorted(set(header) - _KNOWN)
    if not header or unknown or not set(_REQUIRED[:3]) <= set(header):
        raise UnknownColumns(
            f"Unknown columns {', '.join(unknown)}."
            if unknown
            else f"A table of rules has the columns {', '.join(_REQUIRED)}."
        )
    return _by_field(rows, valid_from)


def _by_field(rows: csv.DictReader[str], valid_from: date | None) -> RuleFile:
    found = RuleFile()
    for row in rows:
        try:
            rule = _rule(row, valid_from)
            require_sound(rule)
        except (ValueError, InvalidTaxRuleError, InvalidTaxSpanError) as error:
            found.rejects.append(Reject(rows.line_num, str(error)))
        else:
            found.lines.append(rows.line_num)
            found.rules.append(rule)
    return found


def _rule(row: Mapping[str, str | None], valid_from: date | None) -> NewRule:
    said = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    first = date.fromisoformat(said["valid_from"]) if said.get("valid_from") else valid_from
    if first is None:
        raise ValueError("valid_from is missing")
    for name in ("country", "tax_code", "rate"):
        if not said.get(name):
            raise ValueError(f"{name} is missing")
    if len(said["country"]) != len("DE"):
        raise ValueError(f"{said['country']!r} is not a code of ISO 3166-1")
    return NewRule(
        country=said["country"].upper(),
        tax_code=said["tax_code"],
        rate=_rate(said["rate"]),
        valid_from=first,
        buyer=RuleBuyer(said.get("buyer") or "any"),
        supply=Supply(said.get("supply") or "any"),
        is_compound=(said.get("is_compound") or "no").lower() in {"yes", "true", "1"},
        position=int(said.get("position") or 0),
        category=said.get("category") or "S",
        valid_until=date.fromisoformat(said["valid_until"]) if said.get("valid_until") else None,
        **{name: said.get(name) or None for name in _TEXTS},
    )


def _rate(text: str) -> Decimal:
    """`19 %` and `0.19` as 0.19."""
    try:
        rate = Decimal(text.rstrip("% ")) / (_PERCENT if text.endswith("%") else 1)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a rate") from error
    if not rate.is_finite() or -int(rate.normalize().as_tuple().exponent) > 6:  # noqa: PLR2004 (digits kept)
        raise ValueError(f"{text!r} is not a rate of six digits")
    return rate


def _by_zip_code(rows: csv.DictReader[str], valid_from: date | None) -> RuleFile:
    found = RuleFile()
    states: dict[str, Decimal] = {}
    for row in rows:
        try:
            rules = _of_zip_code(row, valid_from, states)
        except (ValueError, KeyError, InvalidTaxRuleError) as error:
            found.rejects.append(Reject(rows.line_num, str(error)))
        else:
            found.lines += [rows.line_num] * len(rules)
            found.rules += rules
    return found


def _of_zip_code(
    row: Mapping[str, str], valid_from: date | None, states: dict[str, Decimal]
) -> list[NewRule]:
    if valid_from is None:
        raise ValueError("say from when the table is valid")
    state, zip_code = row["State"].strip().upper(), row["ZipCode"].strip().zfill(5)
    if not (zip_code.isdecimal() and len(zip_code) == len("90210")):
        raise ValueError(f"{zip_code!r} is not a ZIP code")
    rate = _rate(row["StateRate"])
    if states.get(state, rate) != rate:
        raise ValueError(f"{state} has the rate {states[state]} above and {rate} here")
    rules = []
    if state not in states:
        rules.append(
            NewRule("US", f"US-{state}", rate, valid_from, f"{state} state tax", region=state)
        )
    region = row["TaxRegionName"].strip()
    for position, (code, column, words) in enumerate(_LOCAL, 1):
        part = _rate(row.get(column) or "0")
        if part:
            rules.append(
                NewRule(
                    "US",
                    f"US-{state}-{code}",
                    part,
                    valid_from,
                    f"{region} {words} tax",
                    region=state,
                    postal_prefix=zip_code,
                    jurisdiction=f"US-{state} {region} {words}",
                    position=position,
                )
            )
    if not rate:
        rules = [rule for rule in rules if rule.rate]  # five states have no tax of their own
    for rule in rules:
        require_sound(rule)
    states.setdefault(state, rate)
    return rules
