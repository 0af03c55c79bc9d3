"""A line of the table: what was done, how fast, and whether that is what was to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from textwrap import shorten
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.performance.harness.measuring import Usage

_SHORT = 200


class Void(Exception):  # noqa: N818 (it is a verdict, not an error)
    """The result is wrong or cannot be had, so there is no figure."""


class Skipped(Exception):  # noqa: N818 (see above)
    """What the bench needs is not here, so it was not run."""


def require(name: str, found: object, expected: object) -> None:
    """Void the bench unless what SQL found is what must be.

    Raises:
        Void: it is something else.
    """
    if found != expected:
        is_now, must_be = (shorten(str(value), _SHORT) for value in (found, expected))
        raise Void(f"wrong result: {name} is {is_now}, not {must_be}")


@dataclass(frozen=True)
class Target:
    """What was to be reached, in words, and whether it was."""

    text: str
    reached: bool


@dataclass(frozen=True)
class Row:
    """A measured figure. `rate` is in units a second; `low` and `high` are of several passes.

    `cpu_ms` is what a unit costs the program and PostgreSQL together, `program_ms` the program's
    part of it; `peak_mb` is the largest resident size of the program. `ratio` is written out,
    because it is to a floor for some and to another figure for others.
    """

    name: str
    work: str
    units: int = 0
    unit: str = ""
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    cpu_ms: float | None = None
    program_ms: float | None = None
    peak_mb: float | None = None
    floor: float | None = None
    ratio: str = ""
    targets: tuple[Target, ...] = ()
    void: bool = False
    skipped: bool = False

    @property
    def verdict(self) -> str:
        """In one word."""
        if self.void:
            return "void"
        if self.skipped:
            return "skipped"
        if not self.targets:
            return "measured"
        return "reached" if all(target.reached for target in self.targets) else "short"

    def aimed(self, *targets: Target) -> Row:
        """The same with what was to be reached."""
        return replace(self, targets=(*self.targets, *targets))

    def facts(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self) | {"verdict": self.verdict}


def measured(name: str, work: str, unit: str, units: int, passes: Sequence[Usage]) -> Row:
    """The row of some passes of the same work: medians, and the range of the rates."""
    rates = sorted(units / used.seconds for used in passes)
    return Row(
        name=name,
        work=work,
        units=units,
        unit=unit,
        rate=median(rates),
        low=rates[0],
        high=rates[-1],
        cpu_ms=median(used.cpu / units * 1000 for used in passes),
        program_ms=median(used.program_cpu / units * 1000 for used in passes),
        peak_mb=max(used.peak_mb for used in passes),
    )


def at_least(rate: float | None, wanted: float) -> Target:
    """A rate that is to be reached."""
    return Target(f"≥ {wanted:,.0f}/s", rate is not None and rate >= wanted)


def print_rows(rows: Sequence[Row], seconds: float) -> None:
    """The table for people."""
    table = Table(
        title=f"Measured in {seconds:.0f} s",
        caption="CPU: milliseconds a unit, of the program and PostgreSQL together.",
        title_justify="left",
        caption_justify="left",
        header_style="bold",
    )
    for column in ("", "work"):
        table.add_column(column, overflow="fold")
    for column in ("units", "rate/s", "CPU ms (program)", "peak MB", "floor/s"):
        table.add_column(column, justify="right", no_wrap=True)
    for column in ("ratio", "to reach", "verdict"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(
            row.name,
            row.work,
            f"{row.units:,} {row.unit}" if row.units else "",
            _rate(row),
            _cpu(row),
            "" if row.peak_mb is None else f"{row.peak_mb:,.0f}",
            "" if row.floor is None else _figure(row.floor),
            row.ratio,
            ", ".join(target.text for target in row.targets),
            f"[{_COLOURS[row.verdict]}]{row.verdict}[/]",
        )
    console = Console()
    # A pipe has no width of its own, and a folded table cannot be read in a log.
    (console if console.is_terminal else Console(width=190)).print(table)


_COLOURS = {
    "reached": "green",
    "short": "yellow",
    "void": "red",
    "measured": "default",
    "skipped": "default",
}
_ONE_PASS = 1.001


def _rate(row: Row) -> str:
    if row.rate is None:
        return ""
    if row.low is None or row.high is None or row.high < row.low * _ONE_PASS:
        return _figure(row.rate)
    return f"{_figure(row.rate)} ({_figure(row.low)}-{_figure(row.high)})"


def _cpu(row: Row) -> str:
    if row.cpu_ms is None or row.program_ms is None:
        return ""
    return f"{row.cpu_ms:.2f} ({row.program_ms:.2f})"


def _figure(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"
