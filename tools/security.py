"""bandit on the sources, pip-audit on the lock. Exit code 1: a finding; 2: nothing was learnt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).parents[1]


class Vulnerability(TypedDict):
    """One known weakness, as pip-audit reports it."""

    id: str
    fix_versions: list[str]


class Dependency(TypedDict, total=False):
    """One locked distribution; `skip_reason` stands where `vulns` would."""

    name: str
    version: str
    vulns: list[Vulnerability]
    skip_reason: str


def audit_verdict(dependencies: list[Dependency]) -> tuple[int, list[str]]:
    """Exit code and lines to print for what pip-audit found."""
    audited = [found for found in dependencies if "vulns" in found]
    lines = [
        f"{found['name']} {found['version']}: {weakness['id']}, "
        f"mended in {', '.join(weakness['fix_versions']) or 'no version yet'}"
        for found in audited
        for weakness in found["vulns"]
    ]
    if not audited:
        return 2, ["Nothing was audited: the package index answers for none of the dependencies."]
    lines.append(f"{len(audited)} of {len(dependencies)} dependencies audited.")
    return (1 if len(lines) > 1 else 0), lines


def scan_sources() -> int:
    """bandit, findings of medium severity and up; the rest is left to ruff's S rules."""
    sources = [str(path) for path in sorted(ROOT.glob("packages/*/src"))]
    command = ["-m", "bandit", "-q", "-ll", "-c", str(ROOT / "pyproject.toml"), "-r", *sources]
    return subprocess.run([sys.executable, *command], check=False).returncode


def audit_lock() -> tuple[int, list[str]]:
    """pip-audit over requirements.lock, telling an unreachable service from a clean result."""
    command = ["-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock")]
    options = ["--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json"]
    done = subprocess.run(
        [sys.executable, *command, *options], capture_output=True, text=True, check=False
    )
    try:
        return audit_verdict(json.loads(done.stdout)["dependencies"])
    except ValueError:
        said = done.stderr.strip().splitlines()
        return 2, ["Nothing was audited; the service could not be asked:", *said[-3:]]


def main() -> int:
    """Both, and the worse of the two results."""
    scanned = scan_sources()
    print("bandit: nothing found." if scanned == 0 else "bandit: see above.")
    audited, lines = audit_lock()
    print("pip-audit:", *lines, sep="\n  ")
    return max(scanned, audited)


if __name__ == "__main__":
    sys.exit(main())
