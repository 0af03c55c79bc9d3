"""An invented internet provider: its price list and 500 customers, the same at every call."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dotmac_core_ops.months import add_months

CUSTOMERS = 500
MONTHS = 24
CURRENCY = "EUR"
COUNTRY = "IE"
TIME_ZONE = "Europe/Dublin"
TAX_CODE = "VAT"
TAX_RATE = Decimal("0.23")  # the standard rate of Irish VAT

_SEED = 20_261_101
# How likely each is, and how the story goes.
_IS_BUSINESS = 0.08
_TAKES_OPTION = 0.45
_LEAVES = 0.14
_BARGAINS = 0.1
_STAYS_MONTHS = 3
_AGREED = Decimal("31.90")


@dataclass(frozen=True)
class SamplePlan:
    """A plan of the price list; `components` are (code, name, price, once?)."""

    code: str
    name: str
    components: tuple[tuple[str, str, Decimal, bool], ...]


PLANS = (
    SamplePlan(
        "FIBRE-100",
        "Fibre 100",
        (
            ("LINE", "Fibre 100 Mbit/s", Decimal("34.90"), False),
            ("PHONE", "Telephone flat rate", Decimal("9.90"), False),
            ("ROUTER", "Router rental", Decimal("4.50"), False),
            ("INSTALL", "Installation", Decimal("49.00"), True),
        ),
    ),
    SamplePlan(
        "FIBRE-500",
        "Fibre 500",
        (
            ("LINE", "Fibre 500 Mbit/s", Decimal("49.90"), False),
            ("PHONE", "Telephone flat rate", Decimal("9.90"), False),
            ("TV", "Television, 90 channels", Decimal("14.90"), False),
            ("INSTALL", "Installation", Decimal("49.00"), True),
        ),
    ),
    SamplePlan(
        "RADIO-50",
        "Radio link 50",
        (
            ("LINE", "Radio link 50 Mbit/s", Decimal("29.90"), False),
            ("ANTENNA", "Antenna rental", Decimal("3.90"), False),
        ),
    ),
    SamplePlan(
        "BUSINESS-1000",
        "Business 1000",
        (
            ("LINE", "Business fibre 1 Gbit/s", Decimal("189.00"), False),
            ("STATIC-IP", "Static IPv4 address", Decimal("5.00"), False),
            ("SLA", "Repair within four hours", Decimal("29.00"), False),
            ("INSTALL", "Installation and survey", Decimal("250.00"), True),
        ),
    ),
)

_GIVEN = [
    "Aoife",
    "Brendan",
    "Caoimhe",
    "Declan",
    "Eimear",
    "Fionn",
    "Grace",
    "Hugh",
    "Isla",
    "Jack",
    "Keeva",
    "Liam",
    "Maeve",
    "Niall",
    "Orla",
    "Padraig",
    "Roisin",
    "Sean",
    "Tara",
    "Una",
    "Amira",
    "Chidi",
    "Dmitri",
    "Elena",
    "Farah",
    "Goran",
    "Hana",
    "Ivo",
    "Jelena",
    "Kofi",
    "Lena",
    "Mateus",
    "Nadia",
    "Oskar",
    "Priya",
    "Rafael",
    "Sofia",
    "Tomasz",
    "Wei",
    "Yusuf",
]
_FAMILY = [
    "Murphy",
    "Kelly",
    "Byrne",
    "Ryan",
    "Walsh",
    "Doyle",
    "Gallagher",
    "Nolan",
    "Quinn",
    "Keane",
    "Sheehan",
    "Brady",
    "Tuohy",
    "Lacey",
    "Okafor",
    "Petrov",
    "Novak",
    "Rossi",
    "Silva",
    "Kowalska",
    "Haddad",
    "Larsen",
    "Meyer",
    "Dubois",
    "Costa",
    "Nakamura",
    "Singh",
    "Chen",
]
_TRADES = [
    "Bakery",
    "Garage",
    "Surgery",
    "Hotel",
    "Pharmacy",
    "Architects",
    "Brewery",
    "Joinery",
    "Dairy",
    "Print",
    "Yachts",
]
_STREETS = [
    "Quay Street",
    "Main Street",
    "Mill Road",
    "Harbour View",
    "Station Road",
    "Church Lane",
    "The Green",
]
_TOWNS = (
    ("Galway", "H91"),
    ("Ennis", "V95"),
    ("Sligo", "F91"),
    ("Westport", "F28"),
    ("Tralee", "V92"),
)


@dataclass(frozen=True)
class SampleCustomer:
    """A customer with one subscription; `pays` says how well: `all`, `late` or `stopped`."""

    number: str
    name: str
    kind: str
    email: str
    phone: str
    street: str
    town: str
    postal_code: str
    plan: str
    components: tuple[str, ...]
    quantity: int
    agreed_price: Decimal | None
    start_on: date
    end_on: date | None
    pays: str
    method: str


def population(today: date, count: int = CUSTOMERS) -> list[SampleCustomer]:
    """The customers as they would stand on `today`; the same for the same day."""
    chance = random.Random(_SEED)  # noqa: S311 (a story, not a secret)
    first_day = add_months(today.replace(day=1), -MONTHS)
    return [_customer(chance, index, first_day) for index in range(1, count + 1)]


def _customer(chance: random.Random, index: int, first_day: date) -> SampleCustomer:
    business = chance.random() < _IS_BUSINESS
    family = chance.choice(_FAMILY)
    name = f"{family} {chance.choice(_TRADES)}" if business else f"{chance.choice(_GIVEN)} {family}"
    plan = PLANS[3] if business else chance.choices(PLANS[:3], weights=(5, 4, 2))[0]
    optional = [code for code, _, _, _ in plan.components[1:] if code != "INSTALL"]
    taken = {"LINE", "INSTALL"} | {code for code in optional if chance.random() < _TAKES_OPTION}
    start_month = min(int(chance.triangular(0, MONTHS, 4)), MONTHS - 1)
    start_on = add_months(first_day, start_month).replace(day=chance.randint(1, 28))
    months_left = MONTHS - start_month
    leaves = months_left > _STAYS_MONTHS and chance.random() < _LEAVES
    end_on = add_months(start_on, chance.randint(2, months_left - 1)) if leaves else None
    town, postal = chance.choice(_TOWNS)
    slug = name.lower().replace(" ", ".")
    return SampleCustomer(
        number=f"C-{index:06d}",
        name=name,
        kind="business" if business else "residential",
        email=f"{slug}.{index}@example.com",
        phone=f"+353 91 555 {index:04d}",
        street=f"{chance.randint(1, 120)} {chance.choice(_STREETS)}",
        town=town,
        postal_code=f"{postal} {chance.choice('ABCDEFHKNPRTVWXY')}{chance.randint(100, 999)}",
        plan=plan.code,
        components=tuple(code for code, _, _, _ in plan.components if code in taken),
        quantity=chance.randint(1, 3) if business else 1,
        agreed_price=_AGREED if plan is PLANS[0] and chance.random() < _BARGAINS else None,
        start_on=start_on,
        end_on=end_on,
        pays=chance.choices(("all", "late", "stopped"), weights=(88, 9, 3))[0],
        method=chance.choice(("bank_transfer", "credit_card", "credit_card")),
    )
