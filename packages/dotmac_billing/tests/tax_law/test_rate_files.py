from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.settings.service import open_billing
from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.repository import TaxRepository
from dotmac_billing.tax.rules import Scheme
from dotmac_billing.tax.service import load_taxes
from dotmac_billing.tax.union import MEMBERS
from dotmac_billing.tax_law.country_packs import PACKS, STANDARD_CATEGORY
from dotmac_billing.tax_law.errors import UnknownRuleFileError
from dotmac_billing.tax_law.rate_files import Reject, UnknownColumns, read_rules
from dotmac_billing.tax_law.service import TaxLawService, import_tax_pack, import_tax_rules
from dotmac_billing.tax_law.written import NewRule, require_sound
from dotmac_billing.testing import tax

JANUARY = date(2026, 1, 1)
OURS = "country,region,tax_code,rate,valid_from,position,is_compound,product_category\n"
ZIPS = (
    "State,ZipCode,TaxRegionName,EstimatedCombinedRate,StateRate,EstimatedCountyRate,"
    "EstimatedCityRate,EstimatedSpecialRate,RiskLevel\n"
    "CA,90001,LOS ANGELES,0.0975,0.06,0.0025,0,0.035,1\n"
    "CA,90401,SANTA MONICA,0.1075,0.06,0.0025,0.01,0.035,1\n"
)


def test_our_own_table() -> None:
    text = OURS + "ca,QC,QST,9.975%,2013-01-01,1,,\nCA,,GST,0.05,,,,services\n"

    found = read_rules(text.splitlines(keepends=True), valid_from=JANUARY)

    assert found.rejects == []
    assert found.rules == [
        NewRule("CA", "QST", Decimal("0.09975"), date(2013, 1, 1), region="QC", position=1),
        NewRule("CA", "GST", Decimal("0.05"), JANUARY, product_category="services"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("DE,,VAT,nineteen,2026-01-01,,,", "'nineteen' is not a rate"),
        ("DE,,VAT,NaN,2026-01-01,,,", "'NaN' is not a rate of six digits"),
        ("DE,,VAT,0.1234567,2026-01-01,,,", "'0.1234567' is not a rate of six digits"),
        ("DE,,VAT,19,2026-01-01,,,", "A rate is a fraction from 0 to 1."),
        ("DE,,VAT,0.19,,,,", "valid_from is missing"),
        ("DE,,,0.19,2026-01-01,,,", "tax_code is missing"),
        ("GER,,VAT,0.19,2026-01-01,,,", "'GER' is not a code of ISO 3166-1"),
        ("DE,,VAT,0.19,2026-13-01,,,", "month must be in 1..12"),
    ],
)
def test_a_bad_row_is_told_and_holds_nobody_up(row: str, reason: str) -> None:
    text = f"{OURS}{row}\nDE,,VAT,0.19,2026-01-01,,,\n"

    found = read_rules(text.splitlines(keepends=True))

    assert found.rejects == [Reject(2, reason)]
    assert len(found.rules) == 1


def test_a_table_by_zip_code_becomes_parts() -> None:
    found = read_rules(ZIPS.splitlines(keepends=True), valid_from=JANUARY)

    assert [(rule.tax_code, rule.postal_prefix, rule.rate) for rule in found.rules] == [
        ("US-CA", None, Decimal("0.06")),
        ("US-CA-COUNTY", "90001", Decimal("0.0025")),
        ("US-CA-SPECIAL", "90001", Decimal("0.035")),
        ("US-CA-COUNTY", "90401", Decimal("0.0025")),
        ("US-CA-CITY", "90401", Decimal("0.01")),
        ("US-CA-SPECIAL", "90401", Decimal("0.035")),
    ]


def test_a_state_has_one_rate() -> None:
    other = ZIPS + "CA,94016,SAN FRANCISCO,0.08,0.07,0,0,0,1\n"

    found = read_rules(other.splitlines(keepends=True), valid_from=JANUARY)

    assert found.rejects == [Reject(4, "CA has the rate 0.06 above and 0.07 here")]


def test_what_is_no_table_of_rates_is_refused() -> None:
    for header in ("", "country,rate\n", OURS.replace("region", "shire")):
        with pytest.raises(UnknownColumns):
            read_rules([header, "x\n"])


async def test_a_table_by_zip_code_decides_what_is_charged(session: AsyncSession) -> None:
    await open_billing(session, currency="USD", country="US")
    await TaxLawService(session).add_category("goods", "Goods", is_goods=True)

    first = await import_tax_rules(session, ZIPS.splitlines(keepends=True), valid_from=JANUARY)
    again = await import_tax_rules(session, ZIPS.splitlines(keepends=True), valid_from=JANUARY)

    assert (first.added, first.skipped, again.added, again.skipped) == (6, 0, 0, 6)
    taxes = await load_taxes(session)
    treatments = [
        taxes.treatment(TaxBuyer("US", "CA", zip_code), "goods", JANUARY)
        for zip_code in ("90001", "90401-1000", "94016")
    ]
    assert [each and each.rate for each in treatments] == [
        Decimal("0.0975"),
        Decimal("0.1075"),
        Decimal("0.06"),
    ]


async def test_of_long_tables_only_regions_with_a_registration_are_read(
    session: AsyncSession,
) -> None:
    await open_billing(session, currency="USD", country="US")
    law = TaxLawService(session)
    await law.add_category("goods", "Goods", is_goods=True)
    texas = "TX,75001,ADDISON,0.0825,0.0625,0,0.01,0.01,1\n"
    await import_tax_rules(session, (ZIPS + texas).splitlines(keepends=True), valid_from=JANUARY)
    everywhere = await TaxRepository(session).rules()

    registration = {"country": "US", "scheme": Scheme.DOMESTIC, "number": None}
    span = {"valid_from": JANUARY, "valid_until": None}
    await law.register({**registration, "region": "TX", **span})

    read = {row["tax_code"] for row in await TaxRepository(session).rules()}
    assert len(everywhere) == 9
    assert read == {"US-CA", "US-TX", "US-TX-CITY", "US-TX-SPECIAL"}
    taxes = await load_taxes(session)
    treatments = [
        taxes.treatment(TaxBuyer("US", region, zip_code), "goods", JANUARY)
        for region, zip_code in (("TX", "75001"), ("CA", "90001"))
    ]
    assert [each and (each.category, str(each.rate.normalize())) for each in treatments] == [
        ("S", "0.0825"),
        ("O", "0"),
    ]


async def test_a_row_of_an_unknown_category_is_rejected(session: AsyncSession) -> None:
    text = OURS + "DE,,VAT,0.07,2026-01-01,,,books\nDE,,VAT,0.19,2026-01-01,,,\n"

    found = await import_tax_rules(session, text.splitlines(keepends=True))

    assert found.added == 1
    assert found.rejects == (Reject(2, "There is no tax category 'books'."),)
    with pytest.raises(UnknownRuleFileError):
        await import_tax_rules(session, ["a,b\n"])


def test_packs_are_sound_and_whole() -> None:
    for rules in PACKS.values():
        for rule in rules:
            require_sound(rule)
        assert len({rule.identity for rule in rules}) == len(rules)
    assert {rule.country for rule in PACKS["eu"]} == MEMBERS


async def test_a_pack_is_enough_to_begin_with(session: AsyncSession) -> None:
    await open_billing(session, country="DE")

    first, again = [await import_tax_pack(session, "eu") for _ in range(2)]

    assert (first.added, again.skipped) == (27, 27)
    taxes = await load_taxes(session)
    found = taxes.treatment(TaxBuyer("DE"), STANDARD_CATEGORY, date(2026, 11, 20))
    assert found is not None
    assert (found.key, found.rate) == ("VAT", Decimal("0.19"))


async def test_a_tax_and_a_category_live_side_by_side(session: AsyncSession) -> None:
    await open_billing(session, country="DE")
    await import_tax_pack(session, "eu")
    own = await tax(session, "OWN", "0.5")

    taxes = await load_taxes(session)
    found = taxes.treatment(TaxBuyer("FR"), own, JANUARY)

    assert found is not None
    assert (found.key, found.rate) == ("OWN", Decimal("0.5"))
    assert taxes.is_taxable_code(STANDARD_CATEGORY)
    assert not taxes.is_taxable_code("nothing")


def test_the_sample_in_the_guide_can_be_read() -> None:
    guide = Path(__file__).parents[4] / "docs/guides/billing-tax.md"
    sample = guide.read_text(encoding="utf-8").split("```csv\n")[1].split("```")[0]

    found = read_rules(sample.splitlines(keepends=True))

    assert found.rejects == []
    assert len(found.rules) == 4
