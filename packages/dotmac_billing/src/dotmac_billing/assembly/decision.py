"""What due subscriptions come to: drafts, next dates, and what cannot be billed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain, repeat
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.assembling import assemble
from dotmac_billing.assembly.billed import Billed, UsageKey
from dotmac_billing.assembly.charging import charges
from dotmac_billing.assembly.draft import Draft, DueSubscription
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.assembly.line import Charge
from dotmac_billing.assembly.taxing import Taxing, ToTax, TreatmentOf, own_taxes
from dotmac_billing.charges.measured import Measured
from dotmac_billing.discounts.applied import Redeemed
from dotmac_billing.discounts.applied import after as after_use
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.settings.due import DueTerms, due_date
from dotmac_billing.subscriptions.moments import Days, Due, due_at, next_moment, rhythms
from dotmac_billing.tax.sums import TaxRounding
from dotmac_core_ops.database import new_ids
from dotmac_core_ops.errors import DomainError


class Waiting(NamedTuple):
    """A charge that may be billed from a day on, in its currency."""

    charge: Charge
    currency: str
    bill_from: date


@dataclass(slots=True)
class Moment:
    """A day on which something of a subscription is due, and what."""

    on: date
    dues: list[Due[BilledItem]]


@dataclass(slots=True)
class Bill:
    """A subscription with its moments, and where it stands after them."""

    subscription: DueSubscription
    moments: list[Moment]
    next_bill_on: date | None


@dataclass(frozen=True)
class Terms:
    """What a whole run goes by; `today` gives the day in a zone, `due` when invoices are due.

    A historical run issues each invoice on the day it was due to be billed; any other issues it
    today, in the subscription's zone.
    """

    historical: bool
    due: DueTerms
    today: Callable[[str], date]
    rounding: TaxRounding = TaxRounding.GROUP
    kind: InvoiceKind = InvoiceKind.SUBSCRIPTION


@dataclass(slots=True)
class Facts:
    """What was read for a number of bills.

    `treatment_of` gives the taxes for a payer; `waiting` is by subscription, or by payer where the
    line belongs to none; `redeemed` is by payer. `billed` are moments that have their invoice, and
    `broken` subscriptions that cannot be priced; `late` is the changed usage, by subscription, that
    is among the waiting lines. `refuse` raises for drafts that may not be issued. `taxing` is set
    when somebody else works out the tax, in place of `treatment_of`. `interim` is what was billed
    of periods while they were running.
    """

    treatment_of: Callable[[UUID], TreatmentOf]
    measured: Mapping[UsageKey, Measured] = field(default_factory=dict)
    waiting: Mapping[UUID, list[Waiting]] = field(default_factory=dict)
    redeemed: dict[UUID, list[Redeemed]] = field(default_factory=dict)
    billed: AbstractSet[tuple[UUID, date | None]] = frozenset()
    broken: Mapping[UUID, DomainError] = field(default_factory=dict)
    has_wallets: bool = False
    late: Mapping[UUID, list[UUID]] = field(default_factory=dict)
    refuse: Callable[[Sequence[Draft]], None] | None = None
    taxing: Taxing | None = None
    interim: Mapping[UsageKey, Billed] = field(default_factory=dict)


class Moved(NamedTuple):
    """Where a subscription stands once it is billed."""

    subscription_id: UUID
    billed_on: date
    next_bill_on: date | None
    usage_until: date | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A subscription that was left as it is, and the refusal's code and sentence."""

    subscription_id: UUID
    code: str
    message: str
    error: DomainError | None = field(default=None, repr=False, compare=False)


@dataclass(slots=True)
class Decision:
    """Drafts in the order they are to be numbered, and the subscriptions' next dates.

    `settled` is the late usage that the drafts contain.
    """

    drafts: list[Draft] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    settled: list[UUID] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def refuse_failures(self) -> None:
        """Raise the first refusal, where nothing may be left out.

        Raises:
            DomainError: something could not be billed.
        """
        for failure in self.failures:
            if failure.error is not None:
                raise failure.error


def bill_of(subscription: DueSubscription, items: Sequence[BilledItem], through: date) -> Bill:
    """The moments of a subscription not billed yet, up to and including `through`."""
    found = rhythms(Days(subscription.anchor_on, subscription.start_on, subscription.end_on), items)
    moments: list[Moment] = []
    on = subscription.next_bill_on
    while on is not None and on <= through:
        moments.append(Moment(on, list(due_at(found, on))))
        on = next_moment(found, on)
    return Bill(subscription, moments, on)


def decide(bills: Sequence[Bill], facts: Facts, terms: Terms) -> Decision:
    """Put together what each bill comes to.

    Bills of one group are put together on shared invoices. What cannot be billed is among the
    failures and has no draft at all, so that its moments stay in order.
    """
    decision = Decision()
    ids = chain.from_iterable(new_ids(max(1, len(bills))) for _ in repeat(None))
    today: dict[str, date] = {}
    for unit in _units(bills):
        zone = unit[0].subscription.time_zone
        if zone not in today:
            today[zone] = terms.today(zone)
        payer = unit[0].subscription.payer_id
        before = facts.redeemed.get(payer)
        try:
            drafts = _drafts(unit, facts, terms, today[zone], ids)
            if facts.refuse is not None:
                facts.refuse(drafts)
        except DomainError as error:
            if before is not None:
                facts.redeemed[payer] = before
            for bill in unit:
                decision.failures.append(
                    Failure(bill.subscription.id, error.code, error.message, error)
                )
            continue
        decision.drafts += drafts
        decision.moved += [_moved(bill) for bill in unit if bill.moments]
        if drafts:
            decision.settled += [
                late for bill in unit for late in facts.late.get(bill.subscription.id, ())
            ]
    decision.drafts.sort(key=attrgetter("bill_on"))
    return decision


def _units(bills: Sequence[Bill]) -> Iterator[list[Bill]]:
    """Bills that share invoices, together."""
    groups: dict[tuple[UUID, str], list[Bill]] = {}
    for bill in bills:
        group = bill.subscription.invoice_group
        if group is None:
            yield [bill]
        else:
            groups.setdefault((group, bill.subscription.currency), []).append(bill)
    yield from groups.values()


def _moved(bill: Bill) -> Moved:
    last = bill.moments[-1]
    until = [
        due.part.end for moment in bill.moments for due in moment.dues if due.item.priced.is_metered
    ]
    return Moved(bill.subscription.id, last.on, bill.next_bill_on, max(until, default=None))


def _drafts(
    unit: Sequence[Bill], facts: Facts, terms: Terms, today: date, ids: Iterator[UUID]
) -> list[Draft]:
    """The invoices of bills that share them, one for each day on which anything is due."""
    by_day: dict[date, list[Charge]] = {}
    for bill in unit:
        subscription = bill.subscription
        if subscription.id in facts.broken:
            raise facts.broken[subscription.id]
        for moment in bill.moments:
            if (subscription.id, moment.on) in facts.billed:
                continue
            found = by_day.setdefault(moment.on, [])
            for due in moment.dues:
                found += _charged(due, subscription, facts, terms.kind)
    first = unit[0].subscription
    waiting = _waiting(unit, facts)
    drafts = []
    for on in sorted(by_day):
        lines = by_day[on]
        if waiting:
            ready = [one for one in waiting if one.bill_from <= on]
            lines = lines + [one.charge for one in ready]
            waiting = [one for one in waiting if one.bill_from > on]
        if lines:
            issued_on = on if terms.historical else today
            drafts.append(
                draft_of(
                    next(ids),
                    first,
                    lines,
                    on=on,
                    issued_on=issued_on,
                    facts=facts,
                    terms=terms,
                    is_shared=len(unit) > 1,
                )
            )
    return drafts


def _charged(
    due: Due[BilledItem], subscription: DueSubscription, facts: Facts, kind: InvoiceKind
) -> list[Charge]:
    if not due.item.priced.is_metered:
        return charges(due, None, subscription.id, subscription.currency)
    key = (subscription.id, due.item.item_id, due.part.start)
    measured = facts.measured.get(key, _NOTHING_USED)
    found = charges(due, measured, subscription.id, subscription.currency)
    if key in facts.interim:
        found[0] = found[0]._replace(before=facts.interim[key])
    # What is missing to a minimum is known when the period is over.
    return found[:1] if kind is InvoiceKind.THRESHOLD else found


_NOTHING_USED = Measured(Decimal(0))


def _waiting(unit: Sequence[Bill], facts: Facts) -> list[Waiting]:
    if not facts.waiting:
        return []
    first = unit[0].subscription
    owners = dict.fromkeys([*(bill.subscription.id for bill in unit), first.payer_id])
    found = [one for owner in owners for one in facts.waiting.get(owner, ())]
    return [one for one in found if one.currency == first.currency]


def draft_of(
    invoice_id: UUID,
    subscription: DueSubscription,
    lines: Sequence[Charge],
    *,
    on: date,
    issued_on: date,
    facts: Facts,
    terms: Terms,
    is_shared: bool,
) -> Draft:
    """One invoice of `lines` for the payer of `subscription`, billed for the day `on`.

    One within a period takes its share of the coupons, and uses up none: the last one does that.

    Raises:
        TaxRateMissingError, TooManyLinesError: see `assemble`.
    """
    payer, currency = subscription.payer_id, subscription.currency
    redeemed = facts.redeemed.get(payer, ())
    if facts.taxing is None:
        tax = own_taxes(facts.treatment_of(payer), on, currency, terms.rounding)
    else:
        invoice_id, tax = facts.taxing(ToTax(payer, subscription.id, on, currency), invoice_id)
    assembled = assemble(lines, tax, on=on, currency=currency, redeemed=redeemed)
    is_interim = terms.kind is InvoiceKind.THRESHOLD
    used = {} if is_interim else assembled.used
    if used:
        facts.redeemed[payer] = after_use(redeemed, used)
    return Draft(
        invoice_id=invoice_id,
        kind=InvoiceKind.CONSOLIDATED if is_shared else terms.kind,
        customer_id=payer,
        subscription_id=None if is_shared or subscription.id == payer else subscription.id,
        period_start=min(filter(None, (line.period_start for line in lines)), default=None),
        period_end=max(filter(None, (line.period_end for line in lines)), default=None),
        bill_on=on,
        issued_on=issued_on,
        due_on=due_date(issued_on, terms.due.of(subscription.due_rule, subscription.terms_days)),
        currency=currency,
        lines=assembled.lines,
        totals=assembled.totals,
        customer_version=subscription.payer_version,
        charges=lines,
        used=used,
        pending_ids=[line.pending_id for line in lines if line.pending_id is not None],
        opened=_keys(lines) if is_interim else [],
        closed=[] if is_interim else _keys(lines, facts.interim),
    )


def _keys(
    lines: Sequence[Charge], among: Mapping[UsageKey, object] | None = None
) -> list[UsageKey]:
    """The periods that the lines are of, each once; those of `among` only, where it is given."""
    if among is not None and not among:  # nearly always
        return []
    found: dict[UsageKey, None] = {}  # a minimum has the key of its usage
    for line in lines:
        owner, item_id, start = line.subscription_id, line.item_id, line.period_start
        if owner is not None and item_id is not None and start is not None:
            found[owner, item_id, start] = None
    return [key for key in found if among is None or key in among]
