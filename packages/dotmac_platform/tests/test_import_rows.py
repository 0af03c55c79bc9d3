import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from dotmac_platform.imports.mapping import Mapping, describe
from dotmac_platform.imports.subscriber import Item, Reject, Subscriber, read_subscriber

AS_OF = date(2026, 11, 1)
TELCO = Path(__file__).parents[3] / "examples" / "telco.toml"

ROW = {
    "customerID": "7590-VHVEG",
    "gender": "Female",
    "SeniorCitizen": "0",
    "Partner": "Yes",
    "Dependents": "No",
    "tenure": "34",
    "PhoneService": "Yes",
    "MultipleLines": "No",
    "InternetService": "DSL",
    "OnlineSecurity": "Yes",
    "OnlineBackup": "No",
    "DeviceProtection": "Yes",
    "TechSupport": "No",
    "StreamingTV": "No",
    "StreamingMovies": "No",
    "Contract": "One year",
    "PaperlessBilling": "No",
    "PaymentMethod": "Mailed check",
    "MonthlyCharges": "56.95",
    "TotalCharges": "1889.5",
    "Churn": "No",
}


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return Mapping.model_validate(tomllib.loads(TELCO.read_text()))


def read(mapping: Mapping, **cells: str) -> Subscriber | Reject:
    return read_subscriber({**ROW, **cells}, 7, mapping, AS_OF)


def test_items_add_up_to_what_the_customer_pays(mapping: Mapping) -> None:
    subscriber = read(mapping)

    assert isinstance(subscriber, Subscriber)
    # 25 + 20 + 5 + 5 = 55 by the list; the 1.95 more stand on the base service.
    assert subscriber.items == (
        Item("DSL", Decimal("26.95")),
        Item("PHONE", None),
        Item("SECURITY", None),
        Item("PROTECTION", None),
    )
    assert subscriber.start_on == date(2024, 1, 1)
    assert subscriber.end_on is None
    assert subscriber.tags == ("partner", "one-year")


def test_without_internet_the_telephone_is_the_base_service(mapping: Mapping) -> None:
    subscriber = read(
        mapping,
        InternetService="No",
        OnlineSecurity="No internet service",
        DeviceProtection="No internet service",
        MonthlyCharges="19.35",
    )

    assert isinstance(subscriber, Subscriber)
    assert subscriber.items == (Item("PHONE", Decimal("19.35")),)


def test_a_customer_who_left_ends_on_the_as_of_day(mapping: Mapping) -> None:
    subscriber = read(mapping, Churn="Yes")

    assert isinstance(subscriber, Subscriber)
    assert subscriber.end_on == AS_OF


def test_a_blank_total_is_no_payment(mapping: Mapping) -> None:
    subscriber = read(mapping, tenure="0", TotalCharges=" ")

    assert isinstance(subscriber, Subscriber)
    assert subscriber.payments == ()
    assert subscriber.start_on == AS_OF


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("MonthlyCharges", "12,3.4", "not an amount"),
        ("MonthlyCharges", "1e3", "not an amount"),
        ("MonthlyCharges", "NaN", "not an amount"),
        ("MonthlyCharges", "20.001", "more digits than USD has"),
        ("MonthlyCharges", "", "is blank"),
        ("MonthlyCharges", "1.00", "less than nothing"),
        ("TotalCharges", "-5", "less than nothing"),
        ("tenure", "many", "not a number of months"),
        ("tenure", "-1", "not a number of months"),
        ("customerID", "  ", "is blank"),
        ("customerID", "a\x00b", "NUL"),
        ("PaymentMethod", "Barter", "no value for 'Barter'"),
    ],
)
def test_a_bad_cell_is_told_with_its_column(
    mapping: Mapping, column: str, cell: str, reason: str
) -> None:
    reject = read(mapping, **{column: cell})

    assert isinstance(reject, Reject)
    assert (reject.line, reject.column) == (7, column)
    assert reason in reject.reason


def test_a_row_without_any_item_is_told_so(mapping: Mapping) -> None:
    reject = read(
        mapping,
        PhoneService="No",
        InternetService="No",
        **dict.fromkeys(["OnlineSecurity", "DeviceProtection"], "No"),
    )

    assert isinstance(reject, Reject)
    assert "no catalogue item" in reject.reason


def test_a_start_after_the_as_of_day_is_refused() -> None:
    mapping = Mapping.model_validate(
        {
            "customer": {"number": "id", "name": "{id}"},
            "subscription": {
                "plan": "P",
                "plan_name": "Plan",
                "currency": "EUR",
                "start": {"column": "since"},
                "items": [{"code": "A", "name": "A", "price": 1, "column": "a", "equals": "y"}],
            },
        }
    )

    late = read_subscriber({"id": "1", "since": "2026-11-02", "a": "y"}, 2, mapping, AS_OF)
    odd = read_subscriber({"id": "1", "since": "02.11.2026", "a": "y"}, 2, mapping, AS_OF)

    assert isinstance(late, Reject)
    assert late.reason == "2026-11-02 lies after the as-of day 2026-11-01"
    assert isinstance(odd, Reject)
    assert "not a date" in odd.reason


def test_a_mapping_names_each_key_that_is_wrong() -> None:
    with pytest.raises(ValidationError) as refused:
        Mapping.model_validate({"customer": {"number": "id", "nmae": "x"}, "subscription": {}})

    problems = describe(refused.value)

    assert "customer.name: the key is missing" in problems
    assert "customer.nmae: there is no such key" in problems
    assert "subscription.plan: the key is missing" in problems
