"""Looking at a tax number, and what follows for its customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.models import Customer
from dotmac_billing.customers.service import CustomerService
from dotmac_billing.customers.tax_numbers import (
    VIES_COUNTRIES,
    TaxNumber,
    is_known,
    tax_number,
)
from dotmac_billing.protocols import TaxNumberRegister, Transactions
from dotmac_billing.settings.models import BillingSettings
from dotmac_billing.settings.number_checking import NumberCheck, WhenUnavailable
from dotmac_billing.settings.service import settings_of
from dotmac_billing.tax.checked import CheckOutcome, CheckSource, NumberChecked
from dotmac_billing.tax.models import TaxNumberCheck
from dotmac_billing.tax_numbers.errors import TaxNumberMissingError
from dotmac_billing.tax_numbers.events import TaxNumberStatusChanged
from dotmac_billing.tax_numbers.repository import CustomerNumber, TaxNumberRepository
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id

LOOK_AGAIN_AFTER = timedelta(days=30)
MOST_AT_ONCE = 100


class Looked(NamedTuple):
    """What was found of the number of a customer."""

    customer_id: UUID
    found: NumberChecked


class TaxNumberService:
    """Checks numbers offline and, where it is wanted, at a register."""

    def __init__(self, session: AsyncSession, register: TaxNumberRegister) -> None:
        self._session = session
        self._register = register
        self._customers = CustomerService(session)

    async def check(
        self,
        *,
        customer_id: UUID | None = None,
        country: str | None = None,
        number: str | None = None,
        ask_register: bool | None = None,
    ) -> TaxNumberCheck:
        """Look at a number, or at that of a customer, and remember what was found.

        The register is asked for numbers of the EU whose form is right; `ask_register` None leaves
        it to the tenant's settings. Of a customer's own number it then holds that it is good, or
        not; what holds while the register does not answer is said by the settings, too.

        Raises:
            BillingCustomerNotFoundError: billing does not know the customer.
            TaxNumberMissingError: there is nothing to check.
        """
        settings = await settings_of(self._session)
        if customer_id is not None:
            customer = await self._customers.get(customer_id)
            country, number = country or customer.country, number or customer.tax_id
        if country is None or number is None:
            raise TaxNumberMissingError
        if ask_register is None:
            ask_register = settings.tax_number_check is NumberCheck.VIES
        found = await self._found(number, country, settings, ask_register=ask_register)
        check = TaxNumberCheck(
            id=new_id(),
            customer_id=customer_id,
            checked_at=clock_of(self._session).now(),
            **found._asdict(),
        )
        await TaxNumberRepository(self._session).add(check)
        await record(
            self._session,
            action="tax_numbers.check",
            target=("tax_number_check", check.id),
            after={"number": check.number, "outcome": check.outcome.value},
        )
        if customer_id is not None:
            await self._conclude(customer_id, found, settings)
        return check

    async def _found(
        self, text: str, country: str, settings: BillingSettings, *, ask_register: bool
    ) -> NumberChecked:
        number = tax_number(text, country)
        if number is None:
            outcome = CheckOutcome.INVALID if is_known(country) else CheckOutcome.UNAVAILABLE
            return NumberChecked(country, text, CheckSource.OFFLINE, outcome)
        if not ask_register or country not in VIES_COUNTRIES:
            return NumberChecked(country, number.digits, CheckSource.OFFLINE, CheckOutcome.VALID)
        return await self._register.check(number, _requester(settings))

    async def _conclude(
        self, customer_id: UUID, found: NumberChecked, settings: BillingSettings
    ) -> None:
        """Let the customer's number be good or not, if it is the number that was looked at."""
        customer = await self._customers.locked(customer_id)
        if not _is_of(customer, found):
            return
        on = customer.tax_id_valid_on
        now = clock_of(self._session).now()
        if found.outcome is CheckOutcome.VALID:
            on = now.date()
        elif (
            found.outcome is CheckOutcome.INVALID
            or settings.tax_number_unavailable is WhenUnavailable.UNVERIFIED
        ):
            on = None
        was_good = customer.tax_id_valid_on is not None
        if on != customer.tax_id_valid_on:
            await self._customers.change(customer, {"tax_id_valid_on": on})
        if was_good != (on is not None):
            changed = TaxNumberStatusChanged(
                customer_id=customer_id,
                country=found.country,
                number=found.number,
                is_valid=on is not None,
                outcome=found.outcome.value,
                checked_at=now,
            )
            await EventPublisher(self._session).publish(changed)

    async def conclude(self, looked: Sequence[Looked]) -> None:
        """Remember what the register said of these, and let it hold for their customers.

        Customers whose number is as good as it was are written together.
        """
        settings = await settings_of(self._session)
        now = clock_of(self._session).now()
        repository = TaxNumberRepository(self._session)
        await repository.add_many(
            [
                TaxNumberCheck(
                    id=new_id(), customer_id=one.customer_id, checked_at=now, **one.found._asdict()
                )
                for one in looked
            ]
        )
        valid = CheckOutcome.VALID
        good = await repository.good([one.customer_id for one in looked])
        still = [one for one in looked if one.found.outcome is valid and one.customer_id in good]
        if still:
            await repository.still_good([one.customer_id for one in still], now.date())
        for one in looked:
            if (one.found.outcome is valid) != (one.customer_id in good):
                await self._conclude(one.customer_id, one.found, settings)


async def recheck(database: Transactions, tenant_id: UUID, register: TaxNumberRegister) -> int:
    """Ask the register again about numbers that it was not asked about for 30 days; how many.

    Nothing is asked where the tenant does not want it. A call looks at no more than 100 numbers,
    the oldest look first, and no transaction is open while the register is asked.
    """

    async def due(session: AsyncSession) -> tuple[list[CustomerNumber], TaxNumber | None]:
        settings = await settings_of(session)
        if settings.tax_number_check is not NumberCheck.VIES:
            return [], None
        before = clock_of(session).now() - LOOK_AGAIN_AFTER
        found = await TaxNumberRepository(session).to_look_at(before, MOST_AT_ONCE)
        return found, _requester(settings)

    numbers, requester = await database.run(tenant_id, due)
    looked = []
    for customer_id, country, text in numbers:
        number = tax_number(text, country)
        if number is None:
            found = NumberChecked(country, text, CheckSource.VIES, CheckOutcome.INVALID)
        else:
            found = await register.check(number, requester)
        looked.append(Looked(customer_id, found))
    if looked:
        await database.run(
            tenant_id, lambda session: TaxNumberService(session, register).conclude(looked)
        )
    return len(looked)


def _requester(settings: BillingSettings) -> TaxNumber | None:
    if settings.seller_tax_id is None or settings.country not in VIES_COUNTRIES:
        return None
    return tax_number(settings.seller_tax_id, settings.country)


def _is_of(customer: Customer, found: NumberChecked) -> bool:
    if customer.tax_id is None or customer.country != found.country:
        return False
    own = tax_number(customer.tax_id, found.country)
    return found.number == (customer.tax_id if own is None else own.digits)
