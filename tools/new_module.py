"""Make a new package from templates/module, with one small complete feature.

Usage: new_module.py NAME
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]

# The line of .importlinter on which packages know nothing of each other.
SIBLINGS = re.compile(r"^( +dotmac_billing \|.*)$", re.MULTILINE)


class ModuleRefusedError(Exception):
    """The package cannot be made; the message says why."""


def create(name: str, root: Path = ROOT) -> Path:
    """Make packages/`name` under `root` and give it its place in the lint and type settings.

    Raises:
        ModuleRefusedError: the name is no good, or taken.
    """
    label = name.removeprefix("dotmac_")
    package = root / "packages" / name
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or not label:
        raise ModuleRefusedError(f"{name!r}: lower-case words joined by _, such as dotmac_parking.")
    labels = {path.name.removeprefix("dotmac_") for path in (root / "packages").iterdir()}
    if label in labels:
        raise ModuleRefusedError(f"There is a package {label!r} already.")
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    words = "".join(word.title() for word in label.split("_"))
    names = {
        "sample_module": name,
        "sample-module": distribution_of(label),
        "sample_label": label,
        "sample-label": label.replace("_", "-"),
        "SampleBase": f"{words}Base",
        "SampleNote": f"{words}Note",
        "SAMPLE_NOTE": f"{label.upper()}_NOTE",
        "sample_version": version,
    }
    template = root / "templates" / "module"
    for source in sorted(path for path in template.rglob("*") if path.is_file()):
        if "__pycache__" in source.parts:
            continue
        target = package / rename(source.relative_to(template).as_posix(), names)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rename(source.read_text("utf-8"), names), "utf-8")
    give_it_a_place(name, root)
    return package


def distribution_of(label: str) -> str:
    """The name that pip knows a package by; without `dotmac-` a stranger's could have it."""
    return f"dotmac-{label.replace('_', '-')}"


def rename(text: str, names: dict[str, str]) -> str:
    """`text` with every placeholder replaced."""
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return text


def give_it_a_place(name: str, root: Path) -> None:
    """Enter the package into .importlinter, beside billing, the settings and the platform."""
    contracts = root / ".importlinter"
    text = contracts.read_text("utf-8")
    text = text.replace("root_packages =\n", f"root_packages =\n    {name}\n")
    contracts.write_text(SIBLINGS.sub(rf"\1 | {name}", text), "utf-8")
    settings = root / "pyproject.toml"
    text = settings.read_text("utf-8")
    text = text.replace('mypy_path = "', f'mypy_path = "packages/{name}/src:')
    text = text.replace("known-first-party = [\n", f'known-first-party = [\n  "{name}",\n')
    settings.write_text(text, "utf-8")
    make_it_part_of_the_platform(name, root / "packages" / "dotmac_platform")


def make_it_part_of_the_platform(name: str, platform: Path) -> None:
    """Enter the package into the platform's dependencies and into its list of modules."""
    distribution = distribution_of(name.removeprefix("dotmac_"))
    settings = platform / "pyproject.toml"
    text = settings.read_text("utf-8")
    text = text.replace('  "dotmac-identity",\n', f'  "dotmac-identity",\n  "{distribution}",\n', 1)
    source = "dotmac-identity = { workspace = true }\n"
    text = text.replace(source, f"{source}{distribution} = {{ workspace = true }}\n", 1)
    settings.write_text(text, "utf-8")
    modules = platform / "src" / "dotmac_platform" / "modules.py"
    text = modules.read_text("utf-8")
    text = text.replace("import dotmac_identity\n", f"import dotmac_identity\nimport {name}\n", 1)
    billing = "    dotmac_billing.module,\n"
    text = text.replace(billing, f"{billing}    {name}.module,\n", 1)
    modules.write_text(text, "utf-8")


def main() -> int:
    """Make it, put its imports in order, say what is left to do."""
    name = (sys.argv[1:] or [""])[0].replace("-", "_")
    try:
        package = create(name)
    except ModuleRefusedError as error:
        print(error)
        return 2
    ruff = [sys.executable, "-m", "ruff"]
    modules = ROOT / "packages/dotmac_platform/src/dotmac_platform/modules.py"
    for changed in (package, modules):
        sort = ["check", "--quiet", "--select", "I", "--fix"]
        subprocess.run([*ruff, *sort, changed], check=False)
    subprocess.run([*ruff, "format", "--quiet", package], check=False)
    print(
        f"Made {package.relative_to(ROOT)}.\n"
        f"  make test-package PACKAGE={name}   installs and tests it\n"
        "It stands beside dotmac_billing in .importlinter; move it if it belongs elsewhere.\n"
        "It is part of the platform: the dependencies and MODULES of dotmac_platform name it."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
