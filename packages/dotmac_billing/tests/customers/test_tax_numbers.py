import pytest

from dotmac_billing.customers.tax_numbers import TaxNumber, is_known, tax_number


@pytest.mark.parametrize(
    ("text", "country", "digits"),
    [
        ("DE136695976", "DE", "136695976"),
        ("de 136 695 976", "DE", "136695976"),
        ("136695976", "DE", "136695976"),
        ("ATU13585627", "AT", "U13585627"),
        ("FR40303265045", "FR", "40303265045"),
        ("EL094259216", "GR", "094259216"),
        ("GR094259216", "GR", "094259216"),
        ("NL4495445B01", "NL", "004495445B01"),
        ("GB980780684", "GB", "980780684"),
        ("27AAPFU0939F1ZV", "IN", "27AAPFU0939F1ZV"),
        ("83 914 571 673", "AU", "83914571673"),
    ],
)
def test_a_number_that_can_be_one(text: str, country: str, digits: str) -> None:
    assert tax_number(text, country) == TaxNumber(country, digits)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("DE136695977", "DE"),  # a wrong check digit
        ("DE136695976", "FR"),
        ("DE", "DE"),
        ("", "DE"),
        ("DE13669597\x00", "DE"),
        ("12-3456789", "US"),
    ],
)
def test_a_number_that_cannot_be_one(text: str, country: str) -> None:
    assert tax_number(text, country) is None


def test_on_paper_the_country_stands_before_numbers_of_the_union() -> None:
    assert str(TaxNumber("IN", "27AAPFU0939F1ZV")) == "27AAPFU0939F1ZV"
    assert str(TaxNumber("GR", "094259216")) == "EL094259216"
    assert str(TaxNumber("DE", "136695976")) == "DE136695976"


def test_not_every_country_is_known() -> None:
    assert is_known("DE")
    assert not is_known("NG")
