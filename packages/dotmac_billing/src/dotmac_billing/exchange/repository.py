"""Queries of rates of exchange and of payments that came in another currency."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.models import Customer
from dotmac_billing.exchange.models import ConvertedPayment, ExchangeRate
from dotmac_billing.exchange.rates import QuotedRate
from dotmac_billing.payments.models import Payment
from dotmac_billing.receivables.models import Invoice

Converted = sa.Row[ConvertedPayment, Payment]
_SAME_PAYMENT = sa.and_(
    Payment.id == ConvertedPayment.id, Payment.tenant_id == ConvertedPayment.tenant_id
)


class RateFilter(NamedTuple):
    """Which rates are wanted; None is any. `on`: only those that may hold on that day."""

    from_currency: str | None = None
    to_currency: str | None = None
    on: date | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """As SQL."""
        wanted = []
        if self.from_currency is not None:
            wanted.append(ExchangeRate.from_currency == self.from_currency)
        if self.to_currency is not None:
            wanted.append(ExchangeRate.to_currency == self.to_currency)
        if self.on is not None:
            wanted += [
                ExchangeRate.disabled_at.is_(None),
                ExchangeRate.valid_from <= self.on,
                sa.or_(ExchangeRate.valid_until.is_(None), ExchangeRate.valid_until > self.on),
            ]
        return wanted


class ExchangeRepository:
    """Rates of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def quoted(self, currencies: Collection[str], until: date) -> list[QuotedRate]:
        """The rates between any two of `currencies` that began by that day and are not disabled."""
        pairs = sa.and_(
            ExchangeRate.from_currency.in_(currencies), ExchangeRate.to_currency.in_(currencies)
        )
        statement = sa.select(
            ExchangeRate.id,
            ExchangeRate.from_currency,
            ExchangeRate.to_currency,
            ExchangeRate.rate,
            ExchangeRate.valid_from,
            ExchangeRate.valid_until,
        ).where(pairs, ExchangeRate.disabled_at.is_(None), ExchangeRate.valid_from <= until)
        return [QuotedRate(*row) for row in await self._session.execute(statement)]

    async def add(self, row: ExchangeRate) -> bool:
        """Insert a rate; False when the pair has one from that day on."""
        values = {
            column.name: getattr(row, column.name)
            for column in ExchangeRate.__table__.columns
            if column.name != "tenant_id"
        }
        statement = insert(ExchangeRate).values(values)
        added = await self._session.execute(
            statement.on_conflict_do_nothing().returning(ExchangeRate.id)
        )
        return added.scalar_one_or_none() is not None

    async def find(self, rate_id: UUID) -> ExchangeRate | None:
        """The rate of that id, held until the transaction ends."""
        statement = sa.select(ExchangeRate).where(ExchangeRate.id == rate_id).with_for_update()
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def page(
        self, wanted: RateFilter, offset: int, limit: int
    ) -> tuple[Sequence[ExchangeRate], int]:
        """A page of rates, the newest first, and the number of all that match."""
        conditions = wanted.conditions()
        rows = await self._session.execute(
            sa.select(ExchangeRate)
            .where(*conditions)
            .order_by(ExchangeRate.valid_from.desc(), ExchangeRate.id.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(ExchangeRate).where(*conditions)
        )
        return rows.scalars().all(), total.scalar_one()

    async def customer_currency(self, customer_id: UUID) -> str | None:
        """The currency in which a customer is billed; None when there is no such customer."""
        statement = sa.select(Customer.currency).where(Customer.id == customer_id)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def invoiced_currencies(self, customer_id: UUID) -> set[str]:
        """In which currencies a customer has invoices."""
        statement = sa.select(Invoice.currency).where(Invoice.customer_id == customer_id)
        return set((await self._session.execute(statement.distinct())).scalars())

    async def keep(self, row: ConvertedPayment) -> None:
        """Say what a payment was before it was changed."""
        self._session.add(row)
        await self._session.flush()  # a payment that is not there is refused here

    async def converted(self, payment_id: UUID) -> Converted | None:
        """Both sides of that payment; None when it came as it is."""
        statement = (
            sa.select(ConvertedPayment, Payment)
            .join(Payment, _SAME_PAYMENT)
            .where(ConvertedPayment.id == payment_id)
        )
        return (await self._session.execute(statement)).one_or_none()

    async def converted_page(
        self, customer_id: UUID | None, offset: int, limit: int
    ) -> tuple[Sequence[Converted], int]:
        """A page of such payments, the newest first, and the number of all that match."""
        conditions = [] if customer_id is None else [Payment.customer_id == customer_id]
        rows = await self._session.execute(
            sa.select(ConvertedPayment, Payment)
            .join(Payment, _SAME_PAYMENT)
            .where(*conditions)
            .order_by(Payment.received_on.desc(), Payment.id.desc())
            .offset(offset)
            .limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count())
            .select_from(ConvertedPayment)
            .join(Payment, _SAME_PAYMENT)
            .where(*conditions)
        )
        return rows.all(), total.scalar_one()
