from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from dotmac_billing.tax.buyer import Exemption, TaxBuyer
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.errors import (
    TaxRateMissingError,
    TaxRuleMissingError,
    TaxSellerUnknownError,
)
from dotmac_billing.tax.place_of_supply import Seller
from dotmac_billing.tax.rates import TaxRates
from dotmac_billing.tax.rules import Registration, Rule, RuleBuyer, Scheme, Supply
from dotmac_billing.tax.treatment import Treatment

LONG_AGO = date(2000, 1, 1)
TODAY = date(2026, 11, 20)
SERVICES, GOODS, BOOKS = "services", "goods", "books"
CATEGORIES = {SERVICES: False, GOODS: True, BOOKS: True}


def rule(country: str, code: str, rate: str, **more: object) -> Rule:
    fields: dict[str, object] = {
        "id": UUID(int=0),
        "country": country,
        "slot": code,
        "tax_code": code,
        "name": code,
        "rate": Decimal(rate),
        "valid_from": LONG_AGO,
        **more,
    }
    return Rule(**fields)  # type: ignore[arg-type] # whichever fields a test names


def registered(
    country: str,
    region: str | None = None,
    scheme: Scheme = Scheme.DOMESTIC,
    since: date = LONG_AGO,
    until: date | None = None,
) -> Registration:
    return Registration(country, region, scheme, since, until)


OSS = registered("DE", scheme=Scheme.OSS)
EUROPE = (
    rule("DE", "VAT", "0.19"),
    rule("DE", "VAT", "0.07", product_category=BOOKS),
    rule("DE", "VAT", "0.16", valid_from=date(2020, 7, 1), valid_until=date(2021, 1, 1)),
    rule("FR", "VAT", "0.2"),
    rule("FR", "VAT", "0.055", product_category=BOOKS),
    rule("CH", "VAT", "0.081"),
)
CANADA = (
    rule("CA", "GST", "0.05"),
    rule("CA", "HST", "0.13", slot="GST", region="ON"),
    rule("CA", "QST", "0.09975", region="QC", position=1, valid_from=date(2013, 1, 1)),
    rule(
        "CA",
        "QST",
        "0.095",
        region="QC",
        position=1,
        is_compound=True,
        valid_until=date(2013, 1, 1),
    ),
    rule("CA", "PST", "0.07", region="BC", position=1),
)
INDIA = (
    rule("IN", "CGST", "0.09", supply=Supply.WITHIN_REGION, position=1),
    rule("IN", "SGST", "0.09", supply=Supply.WITHIN_REGION, position=2),
    rule("IN", "IGST", "0.18", supply=Supply.BETWEEN_REGIONS),
)
STATES = (
    rule("US", "CA", "0.06", region="CA", jurisdiction="US-CA"),
    rule("US", "CA-LA", "0.0025", region="CA", postal_prefix="900", position=1),
    rule("US", "CA-LA-DISTRICT", "0.0325", region="CA", postal_prefix="90001", position=2),
    rule("US", "CA-SM", "0.04", region="CA", city="Santa Monica", position=2),
    rule("US", "NY", "0.04", region="NY"),
    rule("US", "NY", "0", region="NY", product_category=BOOKS, category="Z"),
)

GERMAN = Seller("DE", None, "10115")


def treated(
    buyer: TaxBuyer,
    category: str = SERVICES,
    *,
    seller: Seller = GERMAN,
    rules: tuple[Rule, ...] = EUROPE,
    on: date = TODAY,
) -> Treatment:
    taxes = Taxes(TaxRates(), seller=seller, categories=CATEGORIES, rules=rules)
    found = taxes.treatment(buyer, category, on)
    assert found is not None
    assert taxes.treatment(buyer, category, on) == found  # also from memory
    return found


def consumer(country: str, postal_code: str | None = None, **more: object) -> TaxBuyer:
    return TaxBuyer(country, postal_code=postal_code, **more)  # type: ignore[arg-type] # whichever fields a test names


def business(country: str, *, valid: bool = True, **more: object) -> TaxBuyer:
    return TaxBuyer(country, is_business=True, has_valid_tax_id=valid, **more)  # type: ignore[arg-type] # whichever fields a test names


@pytest.mark.parametrize(
    ("buyer", "category", "key", "rate", "vat_category"),
    [
        (TaxBuyer(), SERVICES, "VAT", "0.19", "S"),
        (consumer("DE"), SERVICES, "VAT", "0.19", "S"),
        (business("DE"), SERVICES, "VAT", "0.19", "S"),
        (consumer("DE"), BOOKS, "VAT", "0.07", "S"),
        # To a business with a number that was found good the tax is its own.
        (business("FR"), SERVICES, "AE", "0", "AE"),
        (business("FR"), GOODS, "K", "0", "K"),
        (business("FR", valid=False), SERVICES, "VAT", "0.19", "S"),
        # Without one stop shop a consumer pays the seller's rate.
        (consumer("FR"), SERVICES, "VAT", "0.19", "S"),
        (consumer("FR"), BOOKS, "VAT", "0.07", "S"),
        # Out of the union.
        (consumer("US"), SERVICES, "O", "0", "O"),
        (business("US", valid=False), SERVICES, "O", "0", "O"),
        (consumer("US"), GOODS, "G", "0", "G"),
        (consumer("ES", "35001"), GOODS, "G", "0", "G"),  # Las Palmas
        (consumer("DE", "27498"), GOODS, "G", "0", "G"),  # Heligoland
        (consumer("ES", "28013"), GOODS, "VAT", "0.19", "S"),  # Madrid
    ],
)
def test_a_seller_in_germany(
    buyer: TaxBuyer, category: str, key: str, rate: str, vat_category: str
) -> None:
    found = treated(buyer, category)

    assert (found.key, found.rate, found.category) == (key, Decimal(rate), vat_category)


@pytest.mark.parametrize(
    ("buyer", "category", "key", "rate"),
    [
        (consumer("FR"), SERVICES, "VAT", "0.2"),
        (consumer("FR"), BOOKS, "VAT", "0.055"),
        (business("FR"), SERVICES, "AE", "0"),
        (business("FR", valid=False), SERVICES, "VAT", "0.2"),
        (consumer("DE"), SERVICES, "VAT", "0.19"),
    ],
)
def test_one_stop_shop_charges_the_rate_of_the_consumers_country(
    buyer: TaxBuyer, category: str, key: str, rate: str
) -> None:
    found = treated(buyer, category, seller=GERMAN._replace(registrations=(OSS,)))

    assert (found.key, found.rate) == (key, Decimal(rate))


def test_who_is_registered_abroad_charges_the_tax_there() -> None:
    seller = GERMAN._replace(
        registrations=(registered("DE"), registered("CH"), registered("FR", since=TODAY))
    )

    assert treated(consumer("CH"), seller=seller).rate == Decimal("0.081")
    assert treated(business("FR"), seller=seller).rate == Decimal("0.2")
    day_before = date(2026, 11, 19)
    assert treated(business("FR"), seller=seller, on=day_before).key == "AE"


def test_who_is_not_registered_yet_charges_nothing_at_home() -> None:
    seller = GERMAN._replace(registrations=(registered("DE", since=TODAY),))

    assert treated(consumer("DE"), seller=seller, on=date(2026, 11, 19)).category == "O"
    assert treated(consumer("DE"), seller=seller).rate == Decimal("0.19")


def test_a_seller_outside_the_union_may_use_one_stop_shop() -> None:
    american = Seller("US", "NY", registrations=(OSS, registered("US", "NY")))

    assert treated(consumer("FR"), seller=american).rate == Decimal("0.2")
    assert treated(business("FR"), seller=american).key == "AE"
    assert treated(consumer("JP"), seller=american).category == "O"


@pytest.mark.parametrize(
    ("on", "rate"),
    [
        (date(2020, 6, 30), "0.19"),
        (date(2020, 7, 1), "0.16"),
        (date(2020, 12, 31), "0.16"),
        (date(2021, 1, 1), "0.19"),
    ],
)
def test_a_rate_for_a_time(on: date, rate: str) -> None:
    assert treated(consumer("DE"), on=on).rate == Decimal(rate)


@pytest.mark.parametrize(
    ("region", "on", "key", "rate"),
    [
        ("AB", TODAY, "GST", "0.05"),
        ("ON", TODAY, "HST", "0.13"),
        ("BC", TODAY, "GST+PST", "0.12"),
        ("QC", TODAY, "GST+QST", "0.14975"),
        # 0.05 + 0.095 * 1.05 is the same; that the tax was on the tax before is in the key.
        ("QC", date(2012, 12, 31), "GST*QST", "0.14975"),
        (None, TODAY, "HST", "0.13"),  # no address: as where the seller is
    ],
)
def test_canada(region: str | None, on: date, key: str, rate: str) -> None:
    seller = Seller("CA", "ON")

    found = treated(TaxBuyer("CA", region), seller=seller, rules=CANADA, on=on)

    assert (found.key, found.rate) == (key, Decimal(rate))


@pytest.mark.parametrize(
    ("region", "key"), [("KA", "CGST+SGST"), ("MH", "IGST"), (None, "CGST+SGST")]
)
def test_india(region: str | None, key: str) -> None:
    found = treated(TaxBuyer("IN", region), seller=Seller("IN", "KA"), rules=INDIA)

    assert (found.key, found.rate) == (key, Decimal("0.18"))


@pytest.mark.parametrize(
    ("buyer", "category", "key", "rate"),
    [
        (TaxBuyer("US", "CA", "94016"), GOODS, "CA", "0.06"),
        (TaxBuyer("US", "CA", "90002"), GOODS, "CA+CA-LA", "0.0625"),
        (TaxBuyer("US", "CA", "90001-1234"), GOODS, "CA+CA-LA+CA-LA-DISTRICT", "0.095"),
        (TaxBuyer("US", "CA", "90401", "santa monica"), GOODS, "CA+CA-SM", "0.1"),
        (TaxBuyer("US", "NY"), GOODS, "NY", "0.04"),
        (TaxBuyer("US", "NY"), BOOKS, "NY:Z", "0"),
        (TaxBuyer("US", "TX"), GOODS, "O", "0"),  # no nexus
    ],
)
def test_united_states(buyer: TaxBuyer, category: str, key: str, rate: str) -> None:
    seller = Seller("US", "CA", registrations=(registered("US", "CA"), registered("US", "NY")))

    found = treated(buyer, category, seller=seller, rules=STATES)

    assert (found.key, found.rate) == (key, Decimal(rate))


def test_a_rule_may_be_for_businesses_alone() -> None:
    rules = (
        *EUROPE,
        rule(
            "DE",
            "VAT",
            "0",
            buyer=RuleBuyer.BUSINESS,
            category="AE",
            product_category=GOODS,
            exemption_reason="Reverse charge",
        ),
    )

    assert treated(business("DE"), GOODS, rules=rules).key == "AE"
    assert treated(consumer("DE"), GOODS, rules=rules).rate == Decimal("0.19")


CHARITY = Exemption("Charity", "VATEX-EU-132-1L", "C-42", None, None, None, LONG_AGO, TODAY)


def test_a_certificate_frees_until_it_ends() -> None:
    buyer = consumer("DE", exemptions=(CHARITY,))

    freed = treated(buyer, on=date(2026, 11, 19))
    expired = treated(buyer, on=TODAY)

    assert (freed.key, freed.rate, freed.category) == ("VAT:E", Decimal(0), "E")
    assert freed.taxes[0].exemption_reason == "Charity (C-42)"
    assert freed.taxes[0].exemption_code == "VATEX-EU-132-1L"
    assert expired.rate == Decimal("0.19")


@pytest.mark.parametrize(
    ("exemption", "key", "rate"),
    [
        (CHARITY._replace(valid_until=None), "GST:E+QST:E", "0"),
        (CHARITY._replace(valid_until=None, tax_code="QST"), "GST+QST:E", "0.05"),
        (CHARITY._replace(valid_until=None, country="CA", region="QC"), "GST:E+QST:E", "0"),
        (CHARITY._replace(valid_until=None, country="CA", region="BC"), "GST+QST", "0.14975"),
        (CHARITY._replace(valid_until=None, country="US"), "GST+QST", "0.14975"),
    ],
)
def test_a_certificate_frees_of_what_it_says(exemption: Exemption, key: str, rate: str) -> None:
    buyer = TaxBuyer("CA", "QC", exemptions=(exemption,))

    found = treated(buyer, seller=Seller("CA", "ON"), rules=CANADA)

    assert (found.key, found.rate) == (key, Decimal(rate))


def test_a_code_that_is_a_tax_needs_no_rules() -> None:
    taxes = Taxes(TaxRates([("VAT", LONG_AGO, Decimal("0.2")), ("NIL", LONG_AGO, Decimal(0))]))

    found = taxes.treatment(business("FR"), "VAT", TODAY)
    nil = taxes.treatment(TaxBuyer(), "NIL", TODAY)
    freed = taxes.treatment(TaxBuyer("GB", exemptions=(CHARITY,)), "VAT", date(2026, 1, 1))

    assert found is not None
    assert (found.key, found.rate, found.category) == ("VAT", Decimal("0.2"), "S")
    assert nil is not None
    assert (nil.key, nil.category) == ("NIL", "Z")
    assert freed is not None
    assert freed.key == "VAT:E"
    assert taxes.treatment(TaxBuyer(), None, TODAY) is None


def test_tax_is_never_left_out_in_silence() -> None:
    with pytest.raises(TaxRateMissingError):
        Taxes(TaxRates()).treatment(TaxBuyer(), "VAT", TODAY)
    with pytest.raises(TaxSellerUnknownError):
        Taxes(TaxRates(), categories=CATEGORIES).treatment(TaxBuyer("DE"), SERVICES, TODAY)
    with pytest.raises(TaxRuleMissingError, match="DE"):
        treated(consumer("DE"), rules=())
    with pytest.raises(TaxRuleMissingError, match="IT"):
        treated(consumer("IT"), seller=GERMAN._replace(registrations=(OSS,)))
