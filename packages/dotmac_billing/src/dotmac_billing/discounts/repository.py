"""Every query of discounts."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.discounts.applied import Redeemed, Use
from dotmac_billing.discounts.models import CouponUse
from dotmac_billing.discounts.terms import DiscountKind, DiscountScope, VolumeTier
from dotmac_billing.mapped_base import table_of
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection, new_ids

_USE = ("id", "redemption_id", "invoice_id", "amount", "used_on")

# Joined to the wanted ids, not compared with an array; see the payments' repository. Whether a
# redemption is live is asked again outside, because a row that was waited for may have changed.
_REDEEMED = """
WITH wanted AS (
  SELECT r.id FROM unnest($1::uuid[]) AS asked(id)
  JOIN billing.coupon_redemptions r ON r.customer_id = asked.id
  WHERE r.is_live AND r.subscription_id IS NULL
  UNION ALL
  SELECT r.id FROM unnest($2::uuid[]) AS asked(id)
  JOIN billing.coupon_redemptions r ON r.subscription_id = asked.id WHERE r.is_live
)
SELECT r.id, r.coupon_id, r.customer_id, r.subscription_id, r.component_code, r.currency,
       r.starts_on, r.ends_on, r.uses_left, r.amount_left, c.code, c.name, c.kind, c.percent_off,
       c.amounts, c.tiers, c.priority, c.plan_ids, c.component_codes, c.minimums
FROM wanted
JOIN billing.coupon_redemptions r ON r.id = wanted.id
JOIN billing.coupons c ON c.id = r.coupon_id
WHERE r.is_live ORDER BY r.id
"""
_COUNT = """
UPDATE billing.coupon_redemptions r
SET uses = r.uses + u.uses, taken_off = r.taken_off + u.amount,
    uses_left = r.uses_left - u.uses, amount_left = r.amount_left - u.amount,
    is_live = r.is_live AND coalesce(r.uses_left - u.uses, 1) > 0
              AND coalesce(r.amount_left - u.amount, 1) > 0
FROM unnest($1::uuid[], $2::int[], $3::numeric[]) AS u(id, uses, amount)
WHERE r.id = u.id
"""


def redeemed(row: asyncpg.Record) -> Redeemed:
    """A row of a redemption with its coupon as the arithmetic takes it."""
    currency = row["currency"]
    codes = json.loads(row["component_codes"])
    component = row["component_code"]
    kind = DiscountKind(row["kind"])
    fixed = json.loads(row["amounts"]).get(currency)
    return Redeemed(
        id=row["id"],
        coupon_id=row["coupon_id"],
        customer_id=row["customer_id"],
        code=row["code"],
        name=row["name"],
        kind=kind,
        value=Decimal(fixed or 0)
        if kind is DiscountKind.FIXED
        else row["percent_off"] or Decimal(0),
        currency=currency,
        priority=row["priority"],
        scope=DiscountScope(
            frozenset(UUID(one) for one in json.loads(row["plan_ids"])),
            frozenset([component] if component else codes),
        ),
        subscription_id=row["subscription_id"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        uses_left=row["uses_left"],
        amount_left=row["amount_left"],
        minimum=Decimal(json.loads(row["minimums"]).get(currency, 0)),
        tiers=tuple(
            VolumeTier(Decimal(above), Decimal(off)) for above, off in json.loads(row["tiers"])
        ),
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
        query = f"{_REDEEMED} FOR NO KEY UPDATE OF r" if hold else _REDEEMED
        rows = await connection.fetch(query, list(customer_ids), list(subscription_ids))
        return [redeemed(row) for row in rows]

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
