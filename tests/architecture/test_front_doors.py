"""A package imports only packages below it, and those only through their front door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.architecture.tree import ROOT, SourceFile, layers, no_problems, package_files

# Modules that are public besides the package root.
SIDE_DOORS = {
    "dotmac_core_events": {"publisher", "consumer"},
}
# Its top-level modules are its front doors: it is the platform's standard library, not a module.
ALL_TOP_MODULES = {"dotmac_core_ops"}
# Ships inside the distribution of billing as the founding documents' import path; only an alias.
ALIASES = {"dotmac_shared": "dotmac_billing"}


def levels() -> dict[str, int]:
    """Package → height; the lowest layer is 0."""
    return {n: height for height, names in enumerate(reversed(layers())) for n in names}


def upward_imports(file: SourceFile) -> Iterator[str]:
    heights = levels()
    own = ALIASES.get(file.package, file.package)
    for found in file.imports:
        target = found.module.partition(".")[0]
        if target not in heights or target == own:
            continue
        if heights[target] >= heights[own]:
            yield file.at(found.line, f"{target} does not stand below {own}")


def back_doors(file: SourceFile) -> Iterator[str]:
    for found in file.imports:
        target, _, inside = found.module.partition(".")
        if target not in levels() or target == ALIASES.get(file.package, file.package):
            continue
        if not inside or inside in SIDE_DOORS.get(target, ()):
            continue
        if target in ALL_TOP_MODULES and "." not in inside:
            continue
        yield file.at(found.line, f"{found.module} is not a front door of {target}")


def test_every_package_has_its_place_in_the_layers() -> None:
    folders = {path.name for path in ROOT.glob("packages/*/src/*") if path.is_dir()}
    packages = {name for name in folders if not name.startswith(".") and name not in ALIASES}
    assert packages == set(levels())


def test_imports_point_downwards() -> None:
    no_problems(problem for file in package_files() for problem in upward_imports(file))


def test_packages_are_entered_by_the_front_door() -> None:
    no_problems(problem for file in package_files() for problem in back_doors(file))


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("dotmac_billing/catalog/service.py", "from dotmac_customers import CustomerService"),
        ("dotmac_core_ops/clock.py", "import dotmac_core_events"),
        ("dotmac_identity/tenants/service.py", "from dotmac_platform import cli"),
    ],
)
def test_an_import_upwards_or_sideways_is_found(where: str, code: str) -> None:
    assert len(list(upward_imports(SourceFile.sample(where, code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "from dotmac_billing.invoicing.repository import InvoiceRepository",
        "import dotmac_billing.invoicing",
        "from dotmac_core_ops.database.engine import Database",
        "from dotmac_core_events.outbox import OutboxRow",
    ],
)
def test_a_back_door_is_found(code: str) -> None:
    assert len(list(back_doors(SourceFile.sample("dotmac_platform/modules.py", code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "from dotmac_billing import BillingService",
        "from dotmac_core_ops.database import Database",
        "from dotmac_core_events.publisher import EventPublisher",
        "from dotmac_platform.cli.serve import serve",
        "from .cli import serve",
    ],
)
def test_a_front_door_is_open(code: str) -> None:
    assert list(back_doors(SourceFile.sample("dotmac_platform/modules.py", code))) == []
