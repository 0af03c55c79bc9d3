"""Every query of discounts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.discounts.applied import Redeemed, Use
from dotmac_billing.discounts.models import Coupon, CouponRedemption, CouponUse
from dotmac_billing.discounts.terms import (
    CouponStatus,
    DiscountKind,
    DiscountScope,
    RedemptionStatus,
    VolumeTier,
)
from dotmac_billing.mapped_base import table_of
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection, new_ids

_USE = ("id", "redemption_id", "invoice_id", "amount", "used_on")

# Joined to the wanted ids, not compared with an array; see the payments' repository. Coupons are
# read apart: they are few, and until a table has statistics PostgreSQL would go through all
# redemptions for each of them.
_LIVE = """
SELECT r.id, r.coupon_id, r.customer_id, r.subscription_id, r.component_code, r.currency,
       r.starts_on, r.ends_on, r.uses_left, r.amount_left
FROM unnest($1::uuid[]) AS asked(id)
"""
_OF_CUSTOMERS = f"""
{_LIVE} JOIN billing.coupon_redemptions r ON r.customer_id = asked.id
WHERE r.is_live AND r.subscription_id IS NULL ORDER BY r.id
"""
_OF_SUBSCRIPTIONS = f"""
{_LIVE} JOIN billing.coupon_redemptions r ON r.subscription_id = asked.id
WHERE r.is_live ORDER BY r.id
"""
_COUPONS = """
SELECT c.id, c.code, c.name, c.kind, c.percent_off, c.amounts, c.tiers, c.priority, c.plan_ids,
       c.component_codes, c.minimums
FROM unnest($1::uuid[]) AS asked(id) JOIN billing.coupons c ON c.id = asked.id
"""
_HELD = " FOR NO KEY UPDATE OF r"
_COUNT = """
UPDATE billing.coupon_redemptions r
SET uses = r.uses + u.uses, taken_off = r.taken_off + u.amount,
    uses_left = r.uses_left - u.uses, amount_left = r.amount_left - u.amount,
    is_live = r.is_live AND coalesce(r.uses_left - u.uses, 1) > 0
              AND coalesce(r.amount_left - u.amount, 1) > 0
FROM unnest($1::uuid[], $2::int[], $3::numeric[]) AS u(id, uses, amount)
WHERE r.id = u.id
"""
# The row of the use stays: what an invoice that is void has used counts for nothing.
_GIVE_BACK = """
UPDATE billing.coupon_redemptions r
SET uses = r.uses - 1, taken_off = r.taken_off - u.amount, uses_left = r.uses_left + 1,
    amount_left = r.amount_left + u.amount, is_live = r.revoked_at IS NULL
FROM billing.coupon_uses u WHERE u.invoice_id = $1 AND r.id = u.redemption_id
"""


@dataclass(frozen=True)
class _CouponTerms:
    """A coupon as its redemptions need it, read once for all of them."""

    row: asyncpg.Record
    scope: DiscountScope
    tiers: tuple[VolumeTier, ...]

    @classmethod
    def of(cls, row: asyncpg.Record) -> _CouponTerms:
        plans = frozenset(UUID(one) for one in row["plan_ids"])
        tiers = tuple(VolumeTier(Decimal(above), Decimal(off)) for above, off in row["tiers"])
        return cls(row, DiscountScope(plans, frozenset(row["component_codes"])), tiers)


def _redeemed(row: asyncpg.Record, terms: _CouponTerms) -> Redeemed:
    coupon, scope = terms.row, terms.scope
    currency, component = row["currency"], row["component_code"]
    kind = DiscountKind(coupon["kind"])
    fixed = coupon["amounts"].get(currency)
    return Redeemed(
        id=row["id"],
        coupon_id=row["coupon_id"],
        customer_id=row["customer_id"],
        code=coupon["code"],
        name=coupon["name"],
        kind=kind,
        value=Decimal(fixed or 0)
        if kind is DiscountKind.FIXED
        else coupon["percent_off"] or Decimal(0),
        currency=currency,
        priority=coupon["priority"],
        scope=scope._replace(component_codes=frozenset([component])) if component else scope,
        subscription_id=row["subscription_id"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        uses_left=row["uses_left"],
        amount_left=row["amount_left"],
        minimum=Decimal(coupon["minimums"].get(currency, 0)),
        tiers=terms.tiers,
    )


class DiscountRepository:
    """Coupons and redemptions of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def redeemed(
        self, customer_ids: Collection[UUID], subscription_ids: Collection[UUID], *, hold: bool
    ) -> list[Redeemed]:
        """What is live of these customers as a whole and of these subscriptions."""
        connection = await driver_connection(self._session)
        held = _HELD if hold else ""
        # Always in this order, and of each in that of the ids: nobody waits for somebody who waits.
        rows = await connection.fetch(_OF_CUSTOMERS + held, list(customer_ids))
        rows += await connection.fetch(_OF_SUBSCRIPTIONS + held, list(subscription_ids))
        if not rows:
            return []
        coupon_ids = {row["coupon_id"] for row in rows}
        coupons = {
            row["id"]: _CouponTerms.of(row)
            for row in await connection.fetch(_COUPONS, list(coupon_ids))
        }
        return [_redeemed(row, coupons[row["coupon_id"]]) for row in rows]

    async def count(self, uses: Sequence[Use]) -> None:
        """Remember these uses and take them off what is left."""
        ids = new_ids(len(uses))
        rows = [(one_id, *use) for one_id, use in zip(ids, uses, strict=True)]
        await copy_tables(self._session, [TableRows(table_of(CouponUse), _USE, rows)])
        sums: dict[UUID, list[Any]] = {}
        for use in uses:
            counted = sums.setdefault(use.redemption_id, [0, Decimal(0)])
            counted[0] += 1
            counted[1] += use.amount
        connection = await driver_connection(self._session)
        await connection.execute(
            _COUNT,
            list(sums),
            [count for count, _ in sums.values()],
            [amount for _, amount in sums.values()],
        )

    async def give_back(self, invoice_id: UUID) -> None:
        """Let redemptions have again what they took off an invoice that is void now."""
        connection = await driver_connection(self._session)
        await connection.execute(_GIVE_BACK, invoice_id)


COUPON_SORTS = {
    "code": Coupon.code,
    "name": Coupon.name,
    "created_at": Coupon.created_at,
    "redemptions": Coupon.redemptions,
}
REDEMPTION_SORTS = {
    "redeemed_at": CouponRedemption.redeemed_at,
    "taken_off": CouponRedemption.taken_off,
}
_COUPON_HAS = {
    CouponStatus.ARCHIVED: Coupon.archived_at.is_not(None),
    CouponStatus.USED_UP: sa.and_(
        Coupon.archived_at.is_(None), Coupon.redemptions >= Coupon.most_redemptions
    ),
    CouponStatus.ACTIVE: sa.and_(
        Coupon.archived_at.is_(None),
        sa.or_(Coupon.most_redemptions.is_(None), Coupon.redemptions < Coupon.most_redemptions),
    ),
}
_REDEMPTION_HAS: dict[RedemptionStatus, sa.ColumnElement[bool]] = {
    RedemptionStatus.REVOKED: CouponRedemption.revoked_at.is_not(None),
    RedemptionStatus.LIVE: CouponRedemption.is_live.is_(True),
    RedemptionStatus.USED_UP: sa.and_(
        ~CouponRedemption.is_live, CouponRedemption.revoked_at.is_(None)
    ),
}
_WAS_INVOICED = "SELECT EXISTS (SELECT FROM billing.invoices WHERE customer_id = $1)"


@dataclass(frozen=True)
class CouponFilter:
    """Which coupons are wanted: `q` is a beginning of code or name; None is any."""

    q: str | None = None
    status: CouponStatus | None = None
    kind: DiscountKind | None = None


@dataclass(frozen=True)
class RedemptionFilter:
    """Which redemptions are wanted; None is any."""

    coupon_id: UUID | None = None
    customer_id: UUID | None = None
    subscription_id: UUID | None = None
    status: RedemptionStatus | None = None


class CouponRepository:
    """Coupons of the session's tenant, and who has redeemed them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: Coupon | CouponRedemption) -> None:
        """Insert at once, so that it can be read back."""
        self._session.add(row)
        await self.flush()

    async def flush(self) -> None:
        """Write what was changed: invoices read it past the ORM, maybe in this transaction."""
        await self._session.flush()

    async def find(self, coupon_id: UUID, *, locked: bool = False) -> Coupon | None:
        """The coupon of that id; with `locked`, nobody else redeems or changes it meanwhile."""
        return await self._one(Coupon.id == coupon_id, locked=locked)

    async def find_code(self, code: str, *, locked: bool = False) -> Coupon | None:
        """The coupon of that code (in capitals); `locked` as in `find`."""
        return await self._one(Coupon.code == code, locked=locked)

    async def _one(self, condition: sa.ColumnElement[bool], *, locked: bool) -> Coupon | None:
        statement = sa.select(Coupon).where(condition)
        if locked:
            statement = statement.with_for_update(key_share=True).execution_options(
                populate_existing=True
            )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def redemption(self, redemption_id: UUID) -> CouponRedemption | None:
        """The redemption of that id, held until the transaction ends."""
        statement = (
            sa.select(CouponRedemption)
            .where(CouponRedemption.id == redemption_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def redeemed_before(self, coupon_id: UUID, customer_id: UUID) -> list[CouponRedemption]:
        """The customer's redemptions of the coupon, ended ones too."""
        found = await self._session.execute(
            sa.select(CouponRedemption).where(
                CouponRedemption.coupon_id == coupon_id,
                CouponRedemption.customer_id == customer_id,
            )
        )
        return list(found.scalars())

    async def was_invoiced(self, customer_id: UUID) -> bool:
        """Whether an invoice was ever issued to the customer."""
        connection = await driver_connection(self._session)
        return bool(await connection.fetchval(_WAS_INVOICED, customer_id))

    async def page(
        self, wanted: CouponFilter, *, sort: str, descending: bool, offset: int, limit: int
    ) -> tuple[list[Coupon], int]:
        """A page of matching coupons and the number of all that match."""
        conditions: list[sa.ColumnElement[bool]] = []
        if wanted.q:
            conditions.append(
                sa.or_(
                    Coupon.code.istartswith(wanted.q, autoescape=True),
                    Coupon.name.istartswith(wanted.q, autoescape=True),
                )
            )
        if wanted.status is not None:
            conditions.append(_COUPON_HAS[wanted.status])
        if wanted.kind is not None:
            conditions.append(Coupon.kind == wanted.kind)
        column = COUPON_SORTS[sort]
        order = (column.desc(), Coupon.id.desc()) if descending else (column, Coupon.id)
        rows = await self._session.execute(
            sa.select(Coupon).where(*conditions).order_by(*order).offset(offset).limit(limit)
        )
        total = sa.select(sa.func.count()).select_from(Coupon).where(*conditions)
        return list(rows.scalars()), (await self._session.execute(total)).scalar_one()

    async def redemptions(
        self, wanted: RedemptionFilter, *, sort: str, descending: bool, offset: int, limit: int
    ) -> tuple[list[tuple[CouponRedemption, Coupon]], int]:
        """A page of matching redemptions with their coupons, and the number of all that match."""
        conditions: list[sa.ColumnElement[bool]] = []
        if wanted.coupon_id is not None:
            conditions.append(CouponRedemption.coupon_id == wanted.coupon_id)
        if wanted.customer_id is not None:
            conditions.append(CouponRedemption.customer_id == wanted.customer_id)
        if wanted.subscription_id is not None:
            conditions.append(CouponRedemption.subscription_id == wanted.subscription_id)
        if wanted.status is not None:
            conditions.append(_REDEMPTION_HAS[wanted.status])
        by = REDEMPTION_SORTS[sort]
        order = (by.desc(), CouponRedemption.id.desc()) if descending else (by, CouponRedemption.id)
        rows = await self._session.execute(
            sa.select(CouponRedemption, Coupon)
            .join(Coupon, Coupon.id == CouponRedemption.coupon_id)
            .where(*conditions)
            .order_by(*order)
            .offset(offset)
            .limit(limit)
        )
        total = sa.select(sa.func.count()).select_from(CouponRedemption).where(*conditions)
        found = [(row[0], row[1]) for row in rows]
        return found, (await self._session.execute(total)).scalar_one()
