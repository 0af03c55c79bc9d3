"""The source files of the repository as the rules see them."""

from __future__ import annotations

import ast
import subprocess
import textwrap
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]


def no_problems(problems: Iterable[str]) -> None:
    """Fail with every problem on a line of its own, so that an editor can jump to it."""
    found = list(dict.fromkeys(problems))
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@dataclass(frozen=True)
class Import:
    """`from a.b import c` is `Import("a.b", "c", …)`; `import a.b` has no name."""

    module: str
    name: str | None
    line: int


@dataclass(frozen=True)
class SourceFile:
    """A Python file; its path starts with the package: `dotmac_billing/invoicing/totals.py`."""

    path: PurePosixPath
    text: str

    @classmethod
    def sample(cls, path: str, text: str) -> SourceFile:
        """A file that does not exist, to show that a rule catches what it should."""
        return cls(PurePosixPath(path), textwrap.dedent(text))

    @property
    def package(self) -> str:
        return self.path.parts[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def imports(self) -> list[Import]:
        found: list[Import] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [Import(alias.name, None, node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                module = self._absolute(node)
                found += [Import(module, alias.name, node.lineno) for alias in node.names]
        return found

    def _absolute(self, node: ast.ImportFrom) -> str:
        parents = self.path.parts[: len(self.path.parts) - node.level] if node.level else ()
        return ".".join([*parents, *([node.module] if node.module else [])])

    def at(self, line: int, problem: str) -> str:
        return f"{self.path}:{line}: {problem}"


def _read(root: Path, file: Path) -> SourceFile:
    return SourceFile(PurePosixPath(file.relative_to(root).as_posix()), file.read_text("utf-8"))


@cache
def package_files() -> tuple[SourceFile, ...]:
    """Every file under packages/*/src."""
    roots = sorted(ROOT.glob("packages/*/src"))
    return tuple(_read(root, file) for root in roots for file in sorted(root.rglob("*.py")))


@cache
def all_files() -> tuple[SourceFile, ...]:
    """Every Python file of packages, tests and tools, with its path from the root."""
    folders = [ROOT / name for name in ("packages", "tests", "tools")]
    return tuple(_read(ROOT, file) for folder in folders for file in sorted(folder.rglob("*.py")))


@cache
def layers() -> tuple[frozenset[str], ...]:
    """The layers of .importlinter, the highest first."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter", "utf-8")
    lines = config["importlinter:contract:layers"]["layers"].split("\n")
    return tuple(frozenset(n.strip() for n in line.split("|")) for line in lines if line.strip())


def committed_texts() -> Iterator[tuple[str, str]]:
    """Name and text of every file git knows or would add, without binary ones."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        path = ROOT / name
        if not path.is_file():
            continue
        try:
            yield name, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
