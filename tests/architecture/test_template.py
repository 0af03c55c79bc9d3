"""`make module` produces a package that keeps every rule and whose tests pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tools.new_module import ModuleRefusedError, create

COPIED = (".importlinter", "pyproject.toml", "templates")
PLATFORM = ("pyproject.toml", "src/dotmac_platform/modules.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a checkout as making a package needs."""
    for name in COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    (tmp_path / "packages" / "dotmac_billing").mkdir(parents=True)
    for name in PLATFORM:
        target = tmp_path / "packages" / "dotmac_platform" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "packages" / "dotmac_platform" / name, target)
    return tmp_path


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m …` in the checkout, where the new package is importable, as if installed."""
    source = checkout / "packages" / "dotmac_parking" / "src"
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )


def install(package: Path) -> None:
    """What an editable install adds beside the path: the entry point of its tables."""
    info = package / "src" / "dotmac_parking-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: dotmac-parking\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(
        "[dotmac.schema]\nparking = dotmac_parking.tables:SCHEMA\n"
    )


def test_no_placeholder_is_left(checkout: Path) -> None:
    package = create("dotmac_parking", checkout)

    files = [path for path in package.rglob("*") if path.is_file()]
    texts = [f"{path}\n{path.read_text()}" for path in files]

    assert [text for text in texts if "sample" in text.lower()] == []
    assert (package / "src/dotmac_parking/migrations/parking_0001_notes.py").exists()


def test_it_gets_its_place_in_the_settings(checkout: Path) -> None:
    create("dotmac_parking", checkout)

    contracts = (checkout / ".importlinter").read_text()
    assert "| dotmac_parking\n" in contracts
    assert "root_packages =\n    dotmac_parking\n" in contracts
    assert "packages/dotmac_parking/src" in (checkout / "pyproject.toml").read_text()


def test_it_becomes_part_of_the_platform(checkout: Path) -> None:
    create("dotmac_parking", checkout)

    platform = checkout / "packages" / "dotmac_platform"
    modules, settings = ((platform / name).read_text() for name in reversed(PLATFORM))
    assert '  "dotmac-parking",\n' in settings
    assert "dotmac-parking = { workspace = true }\n" in settings
    assert modules.count("import dotmac_parking\n") == 1
    assert modules.index("    dotmac_billing.module,") < modules.index("    dotmac_parking.module,")


def test_no_stranger_can_have_the_name_it_is_installed_under(checkout: Path) -> None:
    package = create("parking", checkout)

    assert 'name = "dotmac-parking"' in (package / "pyproject.toml").read_text()
    assert (package / "src" / "parking" / "__init__.py").is_file()


@pytest.mark.parametrize("name", ["", "Parking", "dotmac_", "9lives", "billing", "a b", "../up"])
def test_a_name_that_is_no_good_or_taken_is_refused(checkout: Path, name: str) -> None:
    with pytest.raises(ModuleRefusedError):
        create(name, checkout)


def test_it_keeps_the_rules_of_lint_and_types(checkout: Path) -> None:
    package = create("dotmac_parking", checkout)
    run(checkout, "ruff", "check", "--select", "I", "--fix", str(package))
    run(checkout, "ruff", "format", str(package))

    assert run(checkout, "ruff", "check", str(package)).stdout == "All checks passed!\n"
    # From the root, so that the types of the packages it builds on are found.
    paths = (str(package / "src"), str(package / "tests"))
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(checkout / "pyproject.toml"), *paths],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(package / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.integration
def test_its_own_tests_pass(checkout: Path, server_url: str) -> None:
    assert server_url  # the tests in the other process share it
    package = create("dotmac_parking", checkout)
    install(package)

    done = run(checkout, "pytest", "-q", "-p", "no:cacheprovider", str(package / "tests"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
