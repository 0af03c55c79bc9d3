"""The worked example of a charge model from outside: built, put on the path, and used."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from dotmac_billing.charges import custom
from dotmac_billing.charges.adapters.plugins import installed_rule
from dotmac_billing.charges.custom import find_rules_by
from dotmac_billing.charges.errors import InvalidChargeError, InvalidPriceError
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need
from dotmac_billing.charges.parameters import PriceParameters
from dotmac_billing.charges.price import Price, windows_of
from dotmac_billing.charges.windows import Windows, compile_windows
from packages.dotmac_billing.tests.charges.prices import price

EXAMPLE = Path(__file__).parents[4] / "examples" / "charge-model-plugin"
TRANSIT = {"committed": "100", "unit_price": "0.80", "burst_unit_price": "1.20"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(into)]
    subprocess.run([*build, str(EXAMPLE)], check=True, capture_output=True)
    return next(into.glob("*.whl"))


@pytest.fixture
def installed(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example as it lies in a directory of packages after its installation."""
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    installed_rule.cache_clear()
    yield
    installed_rule.cache_clear()
    sys.modules.pop("bandwidth_billing", None)


def samples(*numbers: int) -> Measured:
    values = tuple(Decimal(number) for number in numbers)
    return Measured(sum(values, Decimal(0)), values=values)


@pytest.mark.usefixtures("installed")
def test_an_installed_model_charges() -> None:
    transit = price("custom", rule="percentile", **TRANSIT)

    charged = transit.charge(samples(*[130] * 95, *[900] * 5))

    assert transit.needs == {Need.VALUES}
    assert charged.amount == Decimal(116)  # 100 x 0.80 + 30 x 1.20
    assert [step.kind for step in charged.steps] == ["committed", "burst"]
    assert transit.charge(samples()).amount == 80


@pytest.mark.usefixtures("installed")
def test_minimum_and_cap_work_with_an_installed_model() -> None:
    transit = price("custom", rule="percentile", **TRANSIT, minimum="50", maximum="90")

    assert transit.charge(samples(130)).amount == 90
    assert transit.minimum == 50


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"percentile": "101"}, "percentile"),
        ({"burst": "1"}, "burst"),
        ({"unit_price": "x"}, "unit_price"),
    ],
)
def test_an_installed_model_refuses_its_parameters_with_their_path(
    wrong: Mapping[str, object], path: str
) -> None:
    with pytest.raises(InvalidPriceError) as refusal:
        price("custom", rule="percentile", **{**TRANSIT, **wrong})

    assert refusal.value.field == path


def test_a_model_that_is_not_installed_is_refused() -> None:
    installed_rule.cache_clear()

    with pytest.raises(InvalidPriceError, match="names no installed charge model"):
        price("custom", rule="percentile", **TRANSIT)


class Nights:
    """A model that charges what is used in one window."""

    needs = frozenset({Need.WINDOWS})

    def __init__(self, windows: Windows | None = None) -> None:
        self.windows = windows

    def compile(self, parameters: Mapping[str, object], currency: str) -> Nights:
        given = PriceParameters(parameters)
        assert currency == "EUR"
        return Nights(compile_windows([("night", given.nested("night"))]))

    def charge(self, measured: Measured) -> Charged:
        night = measured.by_window.get("night", Decimal(0))
        return Charged.of([Step.priced("night", night, Decimal(2))])


def test_a_model_from_outside_may_split_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom, "_finders", [])
    find_rules_by({"nights": Nights()}.get)
    night = {"days": ["sat"], "from": "22:00", "to": "06:00"}

    nights = price("custom", rule="nights", night=night, maximum="9")

    windows = windows_of(nights)
    assert windows is not None
    assert windows.window_of(datetime.fromisoformat("2026-03-08 05:59")) == "night"
    used = Measured(Decimal(5), by_window={"night": Decimal(3), "otherwise": Decimal(2)})
    assert nights.charge(used).amount == 6


def test_a_model_from_outside_without_the_windows_it_needs_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Nights, "compile", lambda *_: Nights())
    monkeypatch.setattr(custom, "_finders", [])
    find_rules_by({"nights": Nights()}.get)

    with pytest.raises(InvalidPriceError, match="needs windows"):
        price("custom", rule="nights")


class Answering:
    """A model in this process that always gives the same answer."""

    needs = frozenset({Need.TOTAL})

    def __init__(self, answer: Charged) -> None:
        self.answer = answer

    def compile(self, parameters: Mapping[str, object], currency: str) -> Answering:
        assert (dict(parameters), currency) == ({"colour": "red"}, "EUR")
        return self

    def charge(self, measured: Measured) -> Charged:
        assert measured.quantity == 1
        return self.answer


def answered(answer: Charged, monkeypatch: pytest.MonkeyPatch) -> Price:
    monkeypatch.setattr(custom, "_finders", [])
    find_rules_by({"answering": Answering(answer)}.get)
    return price("custom", rule="answering", colour="red")


def step(amount: str) -> Step:
    return Step("thing", Decimal(1), None, Decimal(amount))


@pytest.mark.parametrize(
    "answer",
    [
        Charged(Decimal(-1), (step("-1"),)),
        Charged(Decimal("NaN"), (step("1"),)),
        Charged(1.5, (step("1.5"),)),  # type: ignore[arg-type] # on purpose
        Charged(Decimal(3), (step("1"), step("1"))),
        Charged(Decimal(3), ()),
    ],
)
def test_what_a_model_from_outside_answers_is_checked(
    answer: Charged, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidChargeError):
        answered(answer, monkeypatch).charge(Measured(Decimal(1)))


def test_a_sound_answer_of_a_model_from_outside_is_charged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = Charged(Decimal(3), (step("1"), step("2")))

    assert answered(sound, monkeypatch).charge(Measured(Decimal(1))) == sound
