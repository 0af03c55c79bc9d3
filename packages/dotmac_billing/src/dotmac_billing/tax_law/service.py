"""What can be done with tax law: write it down, let it end, take back a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.tax.models import (
    TaxCategory,
    TaxExemption,
    TaxRegistration,
    TaxRule,
    TaxWithholding,
)
from dotmac_billing.tax_law.country_packs import PACKS, STANDARD_CATEGORY
from dotmac_billing.tax_law.errors import (
    TaxCategoryTakenError,
    TaxedCustomerUnknownError,
    TaxLawNotFoundError,
    TaxRuleExistsError,
    UnknownRuleFileError,
    UnknownTaxCategoryError,
    UnknownTaxPackError,
)
from dotmac_billing.tax_law.rate_files import Reject, UnknownColumns, read_rules
from dotmac_billing.tax_law.repository import TaxLawRepository
from dotmac_billing.tax_law.written import NewRule, require_sound, require_span
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id

Ending = TypeVar("Ending", TaxRule, TaxRegistration, TaxExemption, TaxWithholding)

_TARGETS = {
    TaxRule: "tax_rule",
    TaxRegistration: "tax_registration",
    TaxExemption: "tax_exemption",
    TaxWithholding: "tax_withholding",
}


@dataclass(frozen=True)
class RulesAdded:
    """How many rules are new, and how many were known."""

    added: int
    skipped: int


async def add_tax_rules(session: AsyncSession, rules: Sequence[NewRule]) -> RulesAdded:
    """Write down all of `rules` that are not known yet; the others are counted.

    The number of statements does not depend on the number of rules.

    Raises:
        InvalidTaxRuleError, InvalidTaxSpanError: see `written.require_sound`.
        UnknownTaxCategoryError: a rule names a category of products that there is not.
    """
    return await TaxLawService(session).add_rules(rules)


@dataclass(frozen=True)
class RulesImported:
    """How many rules are new and how many were known, and the rows that made none."""

    added: int
    skipped: int
    rejects: tuple[Reject, ...]


async def import_tax_rules(
    session: AsyncSession, lines: Iterable[str], *, valid_from: date | None = None
) -> RulesImported:
    """Write down the rules of a CSV file that are not known yet; see `rate_files.read_rules`.

    Rows that name a category of products which there is not are rejected like any other bad row.

    Raises:
        UnknownRuleFileError: the header is that of no table known here.
    """
    try:
        file = read_rules(lines, valid_from=valid_from)
    except UnknownColumns as error:
        raise UnknownRuleFileError(str(error)) from error
    categories = await TaxLawRepository(session).categories()
    good, rejects = [], list(file.rejects)
    for line, rule in zip(file.lines, file.rules, strict=True):
        if rule.product_category is None or rule.product_category in categories:
            good.append(rule)
        else:
            unknown = f"There is no tax category {rule.product_category!r}."
            rejects.append(Reject(line, unknown))
    added = await TaxLawService(session).add_rules(good)
    rejects.sort(key=lambda reject: reject.line)
    return RulesImported(added.added, added.skipped, tuple(rejects))


async def import_tax_pack(session: AsyncSession, name: str) -> RulesAdded:
    """Write down the rules of a pack of countries (see `country_packs.PACKS`) not known yet.

    A tenant without a category of products gets one, `standard`, as rules need one.

    Raises:
        UnknownTaxPackError: there is no such pack.
    """
    rules = PACKS.get(name)
    if rules is None:
        raise UnknownTaxPackError(name, sorted(PACKS))
    service = TaxLawService(session)
    if not await TaxLawRepository(session).categories():
        await service.add_category(STANDARD_CATEGORY, "Everything at the standard rate")
    return await service.add_rules(rules)


class TaxLawService:
    """Tax law of the session's tenant. Issued invoices keep what they say, whatever is done."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._law = TaxLawRepository(session)

    async def add_rule(self, rule: NewRule) -> TaxRule:
        """Write one rule down.

        Raises:
            TaxRuleExistsError: there is one for the same from the same day on.
            InvalidTaxRuleError and the others: see `add_tax_rules`.
        """
        added = await self._add_rules([rule])
        if not added:
            raise TaxRuleExistsError(rule.slot or rule.tax_code, rule.valid_from)
        found = await self._law.find(TaxRule, added[0])
        assert found is not None
        return found

    async def add_rules(self, rules: Sequence[NewRule]) -> RulesAdded:
        """See `add_tax_rules`."""
        added = await self._add_rules(rules)
        return RulesAdded(len(added), len(rules) - len(added))

    async def _add_rules(self, rules: Sequence[NewRule]) -> list[UUID]:
        for rule in rules:
            require_sound(rule)
        categories = {rule.product_category for rule in rules} - {None}
        if categories:
            for unknown in sorted(map(str, categories - await self._law.categories())):
                raise UnknownTaxCategoryError(unknown)
        known = await self._law.identities({rule.country for rule in rules})
        new = []
        for rule in rules:
            if rule.identity not in known:
                known.add(rule.identity)
                new.append(rule)
        if not new:
            return []
        ids = await self._law.add_rules(new, clock_of(self._session).now())
        one = len(new) == 1
        await record(
            self._session,
            action="tax_rules.add",
            target=("tax_rule", ids[0]) if one else ("tax_rules", "many"),
            after={"country": new[0].country, "tax_code": new[0].tax_code, "rate": new[0].rate}
            if one
            else {"rules": len(new)},
        )
        return ids

    async def add_category(
        self, code: str, name: str, *, is_goods: bool = False, external_code: str | None = None
    ) -> TaxCategory:
        """Let products be taxed alike under a code.

        Raises:
            TaxCategoryTakenError: a tax or a category has the code.
        """
        if await self._law.is_taken(code):
            raise TaxCategoryTakenError(code)
        category = TaxCategory(
            id=new_id(),
            code=code,
            name=name,
            is_goods=is_goods,
            external_code=external_code,
            created_at=clock_of(self._session).now(),
        )
        await self._law.add(category)
        await self._remember("tax_categories.add", "tax_category", category.id, {"code": code})
        return category

    async def register(self, values: Mapping[str, Any]) -> TaxRegistration:
        """Let the tenant collect tax somewhere from a day on; `values` by column.

        Raises:
            InvalidTaxSpanError: it ends before it begins.
        """
        require_span(values["valid_from"], values["valid_until"])
        row = TaxRegistration(id=new_id(), created_at=clock_of(self._session).now(), **values)
        await self._law.add(row)
        await self._remember("tax_registrations.add", "tax_registration", row.id, values)
        return row

    async def exempt(self, values: Mapping[str, Any]) -> TaxExemption:
        """Let a certificate free a customer of tax; `values` by column.

        Raises:
            InvalidTaxSpanError: it ends before it begins.
            TaxedCustomerUnknownError: there is no such customer.
        """
        require_span(values["valid_from"], values["valid_until"])
        await self._require_customer(values["customer_id"])
        row = TaxExemption(id=new_id(), created_at=clock_of(self._session).now(), **values)
        await self._law.add(row)
        await self._remember("tax_exemptions.add", "tax_exemption", row.id, values)
        return row

    async def withhold(self, values: Mapping[str, Any]) -> TaxWithholding:
        """Let a customer, or every customer, keep a tax back; `values` by column.

        Raises:
            InvalidTaxSpanError: it ends before it begins.
            TaxedCustomerUnknownError: there is no such customer.
            UnknownTaxCategoryError: there is no such category of products.
        """
        require_span(values["valid_from"], values["valid_until"])
        if values["customer_id"] is not None:
            await self._require_customer(values["customer_id"])
        category = values["product_category"]
        if category is not None and category not in await self._law.categories():
            raise UnknownTaxCategoryError(category)
        row = TaxWithholding(id=new_id(), created_at=clock_of(self._session).now(), **values)
        await self._law.add(row)
        await self._remember("tax_withholdings.add", "tax_withholding", row.id, values)
        return row

    async def end(self, kind: type[Ending], row_id: UUID, on: date) -> Ending:
        """Let it hold no more from that day on.

        Raises:
            TaxLawNotFoundError: there is nothing of that id.
            InvalidTaxSpanError: it had not begun by then; a mistake is taken back instead.
        """
        row = await self._law.find(kind, row_id)
        if row is None:
            raise TaxLawNotFoundError(row_id)
        require_span(row.valid_from, on)
        before, row.valid_until = row.valid_until, on
        target = _TARGETS[kind]
        await record(
            self._session,
            action=f"{target}s.end",
            target=(target, row_id),
            before={"valid_until": before},
            after={"valid_until": on},
        )
        return row

    async def take_back(self, rule_id: UUID) -> None:
        """Take a mistaken rule away as if it had never been.

        Raises:
            TaxLawNotFoundError: there is no such rule.
        """
        rule = await self._law.find(TaxRule, rule_id)
        if rule is None:
            raise TaxLawNotFoundError(rule_id)
        await self._law.delete(rule)
        await record(
            self._session,
            action="tax_rules.take_back",
            target=("tax_rule", rule_id),
            before={"country": rule.country, "tax_code": rule.tax_code, "rate": rule.rate},
        )

    async def _require_customer(self, customer_id: UUID) -> None:
        if not await self._law.knows_customer(customer_id):
            raise TaxedCustomerUnknownError(customer_id)

    async def _remember(
        self, action: str, target: str, row_id: UUID, values: Mapping[str, Any]
    ) -> None:
        await record(self._session, action=action, target=(target, row_id), after=dict(values))
