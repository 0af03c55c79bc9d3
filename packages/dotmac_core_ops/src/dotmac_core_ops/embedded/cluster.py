"""Making a cluster and the role and database that DotMac uses in it."""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from dotmac_core_ops.embedded.commands import Commands
from dotmac_core_ops.embedded.configuration import MEGABYTE, quoted, render, settings_for
from dotmac_core_ops.embedded.errors import CommandFailedError, EmbeddedServerError
from dotmac_core_ops.embedded.layout import ClusterLayout

ROLE = "dotmac"
DATABASE = "dotmac"
SUPERUSER = "postgres"
LOOPBACK = "127.0.0.1"

_BUILTIN_LOCALE_MAJOR = 17
_PLAIN = ("--locale=C",)
_LOCAL = "# Settings of your own for this server; they win over dotmac.conf.\n"
_INCLUDE = "include_if_exists = 'dotmac.conf'  # written at each start; put your own in local.conf"

# Idempotent, because the set-up may have been interrupted after any statement.
_SET_UP = """
SELECT 'CREATE ROLE dotmac' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dotmac')
\\gexec
\\getenv new_password NEW_PASSWORD
ALTER ROLE dotmac LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE CREATEDB PASSWORD :'new_password';
SELECT 'CREATE DATABASE dotmac OWNER dotmac'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'dotmac')
\\gexec
"""
_ACCELERATORS = """
SELECT format('CREATE EXTENSION IF NOT EXISTS %I', name)
  FROM pg_available_extensions WHERE name IN ('pg_trgm', 'unaccent')
\\gexec
"""


@dataclass(frozen=True)
class Cluster:
    """One data directory and the programs that serve it."""

    layout: ClusterLayout
    commands: Commands

    def create(self) -> None:
        """Run initdb, unless the cluster exists.

        The directory appears in one step: an interrupted initdb leaves no half cluster.
        Order is by code point (`C`), upper and lower case are Unicode's where the build knows them.
        """
        if (self.layout.data / "PG_VERSION").exists():
            return
        self.layout.write(self.layout.superuser_password, secrets.token_urlsafe(24))
        partial = self.layout.root / "data.new"
        for locale in self._locales():
            shutil.rmtree(partial, ignore_errors=True)
            try:
                self._initdb(partial, locale)
            except CommandFailedError as error:
                if locale == _PLAIN or "locale" not in error.said:
                    raise
            else:
                break
        partial.rename(self.layout.data)

    def _initdb(self, target: Path, locale: tuple[str, ...]) -> None:
        self.commands.run(
            "initdb",
            f"--pgdata={target}",
            f"--username={SUPERUSER}",
            "--auth=scram-sha-256",
            f"--pwfile={self.layout.superuser_password}",
            "--encoding=UTF8",
            "--data-checksums",
            "--no-instructions",
            *locale,
            *(("--no-sync",) if self.layout.throwaway else ()),
        )

    def _locales(self) -> tuple[tuple[str, ...], ...]:
        # PostgreSQL 17 brought its own tables of characters; pg_trgm still asks the system's.
        builtin = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        if self.commands.binaries.major >= _BUILTIN_LOCALE_MAJOR:
            return ((*builtin, "--lc-ctype=C.UTF-8"), builtin, _PLAIN)
        return ((*_PLAIN, "--lc-ctype=C.UTF-8"), _PLAIN)

    def configure(self, port: int) -> None:
        """Write `dotmac.conf` for this machine, this port and this build."""
        data = self.layout.data
        data.chmod(0o700)  # PostgreSQL refuses a wider one; archives and copies lose the mode
        settings = settings_for(_memory(), for_tests=self.layout.throwaway)
        settings |= {
            "port": str(port),
            "listen_addresses": quoted(LOOPBACK),
            "unix_socket_directories": quoted(self.layout.socket_directory()),
            "password_encryption": "scram-sha-256",
            "wal_compression": self._best_compression(),
        }
        text = render(settings) + "include_if_exists = 'local.conf'\n"
        self.layout.write(data / "dotmac.conf", text)
        if not (data / "local.conf").exists():
            self.layout.write(data / "local.conf", _LOCAL)
        main = data / "postgresql.conf"
        if _INCLUDE not in main.read_text():
            self.layout.write(main, f"{main.read_text()}\n{_INCLUDE}\n")

    def _best_compression(self) -> str:
        for method in ("lz4", "on"):
            if self.commands.succeeds(
                "postgres", "-D", self.layout.data, "-C", "port", "-c", f"wal_compression={method}"
            ):
                return method
        return "off"

    def set_up(self, port: int) -> None:
        """Make the role and the database on the running server, unless that was finished."""
        if self.layout.password.exists():
            return
        password = secrets.token_urlsafe(24)
        self.query(port, SUPERUSER, "postgres", _SET_UP, NEW_PASSWORD=password)
        # As the owner, to see that it is allowed; both only make searches faster.
        self.query(port, ROLE, DATABASE, _ACCELERATORS, PGPASSWORD=password, stop_on_error=False)
        self.layout.write(self.layout.password, password)

    def query(
        self,
        port: int,
        role: str,
        database: str,
        sql: str,
        *,
        stop_on_error: bool = True,
        **env: str,
    ) -> str:
        """What psql prints for `sql`, without decoration.

        Raises:
            CommandFailedError: the login or a statement failed.
        """
        if "PGPASSWORD" not in env:
            env["PGPASSWORD"] = self.password_of(role)
        return self.commands.run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            f"--set=ON_ERROR_STOP={int(stop_on_error)}",
            f"--host={LOOPBACK}",
            f"--port={port}",
            f"--username={role}",
            database,
            stdin=sql,
            env={"PGCONNECT_TIMEOUT": "10", **env},
        ).strip()

    def password_of(self, role: str) -> str:
        """The password kept for `postgres` or `dotmac`."""
        path = self.layout.superuser_password if role == SUPERUSER else self.layout.password
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            raise EmbeddedServerError(
                f"{path} is missing, so nobody can log in as {role}. Bring it back from a "
                f"copy of {self.layout.root}, or move that directory away to start empty."
            ) from None


def _memory() -> int:
    """Bytes this process may use: the machine's, or the container's when that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(limit).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return max(total, 256 * MEGABYTE)
