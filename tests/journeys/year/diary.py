"""Who the customers of the rehearsed year are, and what they do on which day."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from dotmac_billing import OpenCustomer
from tests.journeys.year.life import Deed, Life, asks, pays, redeems, starts, uses

FIRST_DAY = "2025-12-31"
MONTHS = range(1, 13)

SPECIAL = {
    "auckland": OpenCustomer("auckland", "Aroha", country="NZ", time_zone="Pacific/Auckland"),
    "newyork": OpenCustomer(
        "newyork", "Bob", country="US", region="NY", time_zone="America/New_York"
    ),
    "business": OpenCustomer(
        "business", "Ada SARL", country="FR", tax_id="FR40303265045", is_business=True
    ),
    "french": OpenCustomer("french", "Chloé", country="FR"),
    "yen": OpenCustomer("yen", "Haruka", country="JP", currency="JPY"),
    "dinar": OpenCustomer("dinar", "Dana", country="KW", currency="KWD"),
}

# Code, plan, first day.
STARTS: tuple[tuple[str, str, str], ...] = (
    ("month-end", "line-49", "2026-01-31"),
    ("yearly", "yearly-365", "2026-03-01"),
    ("weekly", "weekly-7", "2026-01-05"),
    ("arrears", "arrears-30", "2026-01-01"),
    ("quarterly", "quarterly-90", "2026-02-10"),
    ("calendar", "calendar-31", "2026-01-17"),
    ("auckland", "hundred", "2026-01-15"),
    ("newyork", "per-unit", "2026-02-08"),
    ("nightly", "nightly", "2026-03-01"),
    ("graduated", "graduated", "2026-01-01"),
    ("volume", "volume", "2026-01-01"),
    ("stairs", "stairs", "2026-01-01"),
    ("packages", "packages", "2026-01-01"),
    ("percentage", "percentage", "2026-01-01"),
    ("graduated-percentage", "graduated-percentage", "2026-01-01"),
    ("dynamic", "dynamic", "2026-01-01"),
    ("prepaid", "prepaid", "2026-01-01"),
    ("minimum", "at-least-50", "2026-01-17"),
    ("capped", "at-most-40", "2026-01-01"),
    ("every-meter", "every-meter", "2026-01-01"),
    ("late", "graduated-plain", "2026-01-01"),
    ("trial", "trial-30", "2026-01-10"),
    ("phases", "half-40", "2026-01-01"),
    ("setup", "setup-25", "2026-05-01"),
    ("percent-off", "line-49", "2026-01-31"),
    ("fixed-off", "plain-20", "2026-02-01"),
    ("thrice-off", "thirds", "2026-03-15"),
    ("carries-over", "plain-20", "2026-01-01"),
    ("wallet-paid", "plain-30", "2026-01-15"),
    ("wallet-granted", "taxed-30", "2026-01-15"),
    ("add-on", "plain-30", "2026-01-01"),
    ("upgrade", "taxed-30", "2026-01-01"),
    ("downgrade", "plain-60", "2026-01-01"),
    ("restart", "plain-30", "2026-01-01"),
    ("paused", "plain-30", "2026-01-01"),
    ("refunded", "plain-30", "2026-01-01"),
    ("leaving", "plain-30", "2026-01-01"),
    ("term", "term-30", "2026-02-01"),
    ("giver", "plain-30", "2026-01-01"),
    ("first-child", "plain-20", "2026-01-01"),
    ("second-child", "plain-15", "2026-01-01"),
    ("inclusive", "inclusive-49", "2026-01-01"),
    ("business", "hundred", "2026-01-01"),
    ("french", "line-49", "2026-01-01"),
    ("charity", "hundred", "2026-01-01"),
    ("yen", "yen-1980", "2026-01-17"),
    ("dinar", "dinar-9.999", "2026-01-17"),
    ("noted", "hundred", "2026-01-01"),
    ("debtor", "taxed-30", "2026-01-01"),
)
CODES = (*(code for code, _, _ in STARTS), "seats", "heir", "parent")
FIVE_SEATS = [{"component": "seat", "quantity": 5}]

COUPONS: tuple[dict[str, Any], ...] = (
    {"code": "TENTH", "kind": "percent", "percent_off": 0.1, "duration": "forever"},
    {"code": "FIFTEEN", "kind": "fixed", "amounts": {"EUR": 15}, "duration": "once"},
    {"code": "FIFTH", "kind": "percent", "percent_off": 0.2, "duration": "repeating", "periods": 3},
    {
        "code": "FIFTY",
        "kind": "fixed",
        "amounts": {"EUR": 50},
        "duration": "once",
        "carries_over": True,
    },
)


def customers() -> list[OpenCustomer]:
    """Everybody; who is not special lives in Germany, as the company does."""
    return [SPECIAL.get(code) or OpenCustomer(code, code.title()) for code in CODES]


async def exempts(life: Life) -> None:
    """A certificate frees the charity of tax for half a year."""
    await life.post(
        "/tax-exemptions",
        customer_id=str(life.customers["charity"]),
        country="DE",
        certificate="C-42",
        reason="Charity",
        reason_code="VATEX-EU-132-1L",
        valid_from="2026-01-01",
        valid_until="2026-07-01",
    )


async def has_a_family(life: Life) -> None:
    """The parent pays for both children, on one invoice."""
    parent = str(life.customers["parent"])
    for child in ("first-child", "second-child"):
        path = f"/billing/customers/{life.customers[child]}/payer"
        await life.send("PUT", path, {"parent_id": parent, "consolidate": False})
    path = f"/billing/customers/{parent}/payer"
    await life.send("PUT", path, {"parent_id": None, "consolidate": True})


async def puts_a_payment_into_a_wallet(life: Life) -> None:
    """What was paid ahead becomes credit until the end of March."""
    customer_id, payment_id = str(life.customers["wallet-paid"]), life.payments["wallet-paid"]
    wallet = await life.post("/wallets", customer_id=customer_id, name="Prepaid")
    path = f"/wallets/{wallet['id']}/top-ups"
    await life.post(path, amount="100", payment_id=payment_id, expires_on="2026-04-01")


async def is_given_credit(life: Life) -> None:
    """Credit as a gift, until the end of February."""
    customer_id = str(life.customers["wallet-granted"])
    wallet = await life.post("/wallets", customer_id=customer_id, name="Gift")
    await life.post(f"/wallets/{wallet['id']}/grants", amount="80", expires_on="2026-03-01")


async def gets_a_credit_note(life: Life) -> None:
    """Half of January is taken back, although it is paid."""
    invoice = await first_invoice(life, "noted")
    await life.post("/credit-notes", invoice_id=invoice, amount="59.50", reason="goodwill")


async def is_given_up(life: Life) -> None:
    """January is not expected to be paid any more; its tax is reclaimed."""
    path = f"/invoices/{await first_invoice(life, 'debtor')}/write-off"
    await life.post(path, reason="Insolvent", reclaim_tax=True)


async def first_invoice(life: Life, code: str) -> str:
    """The id of the customer's oldest invoice."""
    path = f"/invoices?customer_id={life.customers[code]}&sort=issued_on&per_page=1"
    return str((await life.get(path))[0]["id"])


def makes(coupon: dict[str, Any]) -> Deed:
    """A coupon is made."""

    def do(life: Life) -> Awaitable[object]:
        return life.post("/coupons", name=coupon["code"], **coupon)

    return do


DIARY: tuple[tuple[str, Deed], ...] = (
    *((FIRST_DAY, makes(coupon)) for coupon in COUPONS),
    *((FIRST_DAY, starts(*row)) for row in STARTS),
    (FIRST_DAY, starts("seats", "seats-3", "2026-01-01", items=FIVE_SEATS)),
    (FIRST_DAY, exempts),
    (FIRST_DAY, has_a_family),
    (FIRST_DAY, redeems("percent-off", "TENTH")),
    (FIRST_DAY, redeems("fixed-off", "fifteen")),
    (FIRST_DAY, redeems("thrice-off", "FIFTH")),
    (FIRST_DAY, redeems("carries-over", "FIFTY")),
    # Money
    ("2026-01-02", pays("wallet-paid", "100")),
    ("2026-01-02", puts_a_payment_into_a_wallet),
    ("2026-01-02", is_given_credit),
    ("2026-01-10", pays("refunded", "30")),
    ("2026-02-10", pays("refunded", "30")),
    ("2026-01-15", pays("noted", "119")),
    ("2026-01-20", pays("yen", "958")),
    ("2026-02-10", pays("dinar", "14.837")),
    ("2026-02-10", gets_a_credit_note),
    ("2026-03-20", pays("yearly", "434.35")),
    ("2026-06-01", pays("weekly", "100")),
    ("2026-06-02", is_given_up),
    ("2026-12-10", pays("arrears", "400")),
    *((f"2026-{month:02}-20", pays("month-end", "59.38")) for month in MONTHS[1:]),
    # Changes
    ("2026-02-15", asks("refunded", "cancel", at="now", refund="prorated", invoicing="now")),
    ("2026-03-11", asks("paused", "pause")),
    ("2026-03-16", asks("restart", "changes", plan="yearly-300", behaviour="restart_cycle")),
    ("2026-04-16", asks("seats", "changes", set=[{"component": "seat", "quantity": 8}])),
    ("2026-05-11", asks("giver", "transfer", to="heir", invoicing="now")),
    ("2026-05-21", asks("paused", "resume")),
    ("2026-06-10", asks("leaving", "cancel")),
    ("2026-06-16", asks("add-on", "changes", add_on="extra-5")),
    ("2026-07-11", asks("upgrade", "changes", plan="taxed-60", invoicing="now")),
    ("2026-08-15", asks("term", "cancel", termination_fee="prorated")),
    ("2026-09-10", asks("downgrade", "changes", plan="plain-30")),
    # Usage. 8 March at 05:00 and 8 April at 04:00 UTC are midnight in New York.
    ("2026-03-08", uses("newyork", "units", 1000, at="2026-03-08T04:59:59Z")),
    ("2026-03-08", uses("newyork", "units", 10, at="2026-03-08T05:00:00Z")),
    ("2026-04-08", uses("newyork", "units", 20, at="2026-04-08T03:59:59Z")),
    ("2026-04-08", uses("newyork", "units", 5, at="2026-04-08T04:00:00Z")),
    # Half past eight in the evening, UTC, is before ten in Berlin's winter and after it in summer.
    ("2026-03-30", uses("nightly", "units", 100, at="2026-03-28T20:30:00Z")),
    ("2026-03-30", uses("nightly", "units", 100, at="2026-03-29T20:30:00Z")),
    ("2026-10-26", uses("nightly", "units", 200, at="2026-10-24T20:30:00Z")),
    ("2026-10-26", uses("nightly", "units", 200, at="2026-10-25T20:30:00Z")),
    ("2026-01-10", uses("graduated", "units", 500, 1000)),
    ("2026-02-10", uses("graduated", "units", 1000)),
    ("2026-03-10", uses("graduated", "units", "1000.5")),
    ("2026-01-10", uses("volume", "units", 1500)),
    ("2026-02-10", uses("volume", "units", 1000)),
    ("2026-03-10", uses("volume", "units", 1001)),
    ("2026-01-10", uses("stairs", "units", 10)),
    ("2026-02-10", uses("stairs", "units", 11)),
    ("2026-03-10", uses("stairs", "units", 51)),
    ("2026-01-10", uses("packages", "units", 50)),
    ("2026-02-10", uses("packages", "units", 51)),
    ("2026-03-10", uses("packages", "units", 351)),
    ("2026-01-10", uses("percentage", "deals", 5, 10, 100, 1000)),
    ("2026-01-10", uses("graduated-percentage", "deals", 1500)),
    ("2026-01-10", uses("dynamic", "priced", *({"price": p} for p in (1.25, 2.5, 0.05)), value=1)),
    ("2026-01-10", uses("prepaid", "units", 130)),
    ("2026-01-20", uses("minimum", "units", 10)),
    ("2026-02-10", uses("minimum", "units", 60)),
    ("2026-01-10", uses("capped", "units", 30)),
    ("2026-02-10", uses("capped", "units", 45)),
    ("2026-01-10", uses("every-meter", "people", *({"who": name} for name in ("a", "b", "a")))),
    ("2026-01-10", uses("every-meter", "peak", 5, 9, 7)),
    ("2026-01-10", uses("every-meter", "level", 8)),
    ("2026-01-11", uses("every-meter", "level", 3)),
    ("2026-01-10", uses("every-meter", "mean", 5, 9, 9)),
    ("2026-01-17", uses("every-meter", "seats", 10, at="2026-01-16T23:00:00Z")),
    ("2026-01-10", uses("every-meter", "hits", *([1] * 7))),
    ("2026-01-10", uses("late", "units", 900)),
    ("2026-02-05", uses("late", "units", 300, at="2026-01-20T12:00:00Z")),
)
