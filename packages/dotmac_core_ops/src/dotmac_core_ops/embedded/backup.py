"""Copies of a whole database, all tenants, made and restored while other things go on.

A copy is a file in pg_dump's custom format. PostgreSQL's own `pg_restore` reads it too.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from dotmac_core_ops.embedded.clients import PSQL, Client
from dotmac_core_ops.embedded.errors import BackupError, CommandFailedError

_POLICY = "dotmac_backup"
_LOCK_TIMEOUT = "10s"
_LAST_WITHOUT_TRANSACTION_TIMEOUT = 16

_EXEMPT = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_ISOLATED = """
SELECT format('%I.%I', n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relrowsecurity AND (c.relforcerowsecurity OR NOT pg_has_role(c.relowner, 'USAGE'))
 ORDER BY 1
"""
_OURS = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_policies WHERE policyname = 'dotmac_backup'
"""
_TABLES = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
"""
# What belongs to an extension stays; the copy says CREATE EXTENSION IF NOT EXISTS.
_EMPTY = """
SET lock_timeout = '30s';
DO $$
DECLARE statement text;
BEGIN
  FOR statement IN
    SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
     WHERE nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_'
    UNION ALL
    SELECT format('DROP %s IF EXISTS %s CASCADE',
                  CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                               WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass)
      FROM pg_class c
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP EXECUTE statement; END LOOP;
END $$
"""
# pg_dump leaves out what belongs to the database itself, and roles belong to the whole server.
_ROLE = """
DO $$ BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = '{role}') THEN RETURN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE "{role}" NOLOGIN NOSUPERUSER NOBYPASSRLS;
    EXECUTE (SELECT format('GRANT "{role}" TO %I', pg_get_userbyid(datdba))
               FROM pg_database WHERE datname = current_database()
                AND pg_get_userbyid(datdba) <> '{role}');
  END IF;
  EXECUTE format('GRANT {rights} ON DATABASE %I TO "{role}"', current_database());
END $$
"""
_MADE_FOR_COPY = re.compile(rf" POLICY \S+ .* {_POLICY} \S+$")
_NAMED_ROLE = re.compile(
    r'^(?:(?P<owner>ALTER .* OWNER TO)|GRANT .* TO|CREATE POLICY .*? TO) "?(?P<role>[a-z_0-9]+)"?'
)


def back_up(url: str, file: Path) -> None:
    """Write all of the database at `url` to `file`, as of one instant; nobody is made to wait.

    Row-level security would hide other tenants' rows even from the tables' owner. A superuser or
    a role with BYPASSRLS is exempt (the embedded server's `superuser_url`); for any other role
    each table gets a policy that lets that role read, and loses it again afterwards.

    Raises:
        BackupError: `file` exists, the database does not answer, or the copy failed. What was
            written so far is removed.
    """
    if file.exists():
        raise BackupError(f"{file} exists; choose another name.")
    client = Client.of(url)
    # Beside its place and for its owner only: the copy holds everybody's data.
    partial = file.with_name(f".{file.name}.partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        with _everything_visible(client) as options:
            client.run(
                "pg_dump",
                "--format=custom",
                "--no-unlogged-table-data",
                *options,
                f"--file={partial}",
                f"--dbname={client.address}",
            )
        client.run("pg_restore", "--list", partial)
        partial.rename(file)
    except CommandFailedError as error:
        raise BackupError(f"No copy was made. {error}") from None
    except OSError as error:
        raise BackupError(f"No copy was made: {error}") from None
    finally:
        partial.unlink(missing_ok=True)


def restore(url: str, file: Path, *, replace: bool = False) -> None:
    """Fill the database at `url` from `file`, in one transaction: all of it or nothing.

    Roles that the copy names and this server lacks are made, without a login, and given to the
    database's owner.

    Args:
        url: of the database's owner or a superuser.
        file: made by `back_up`.
        replace: first remove everything that is in the database.

    Raises:
        BackupError: the database has tables and `replace` was not said, `file` is not a copy, or
            it cannot be restored. The database is as it was before.
    """
    client = Client.of(url)
    try:
        client.run("pg_restore", "--list", file)
        if not replace and int(client.query(_TABLES)):
            raise BackupError("The database is not empty; restoring must be told to replace it.")
        before = [_EMPTY] if replace else []
        _replay(client, file, [*before, *_roles(client, file)])
    except CommandFailedError as error:
        raise BackupError(f"Nothing was restored. {error}") from None


@contextlib.contextmanager
def _everything_visible(client: Client) -> Iterator[tuple[str, ...]]:
    """Options with which pg_dump sees all rows, and the policies that make it so."""
    if client.query(_EXEMPT) == "t":
        yield ()  # pg_dump switches row security off, and fails rather than leave rows out
        return
    tables = client.query(_ISOLATED).splitlines()
    try:
        for table in tables:
            _statement(client, f"DROP POLICY IF EXISTS {_POLICY} ON {table}")
            _statement(
                client,
                f"CREATE POLICY {_POLICY} ON {table} FOR SELECT TO CURRENT_USER USING (true)",
            )
        yield ("--enable-row-security",)
    finally:
        for table in client.query(_OURS).splitlines():
            _statement(client, f"DROP POLICY {_POLICY} ON {table}")


def _statement(client: Client, sql: str) -> None:
    # One short transaction each: the lock lasts a moment, and a busy table gives up, not queues.
    client.query(f"SET lock_timeout = '{_LOCK_TIMEOUT}'; {sql}")


def _roles(client: Client, file: Path) -> list[str]:
    """Statements that make the roles the copy names, with their rights on the database."""
    rights: dict[str, str] = {}
    for line in client.run("pg_restore", "--schema-only", "--file=-", file).splitlines():
        found = _NAMED_ROLE.match(line)
        if found and not found["role"].startswith("pg_"):
            right = "CREATE, TEMPORARY" if found["owner"] else "TEMPORARY"
            rights[found["role"]] = max(right, rights.get(found["role"], ""), key=len)
    made = [_ROLE.format(role=role, rights=right) for role, right in rights.items()]
    # An owner must be allowed to own things there before the copy's own grants come, at its end.
    owners = [role for role, right in rights.items() if "CREATE" in right]
    return made + [f'GRANT USAGE, CREATE ON SCHEMA public TO "{role}"' for role in owners]


def _replay(client: Client, file: Path, before: list[str]) -> None:
    """Send `before` and the copy to the database as one transaction."""
    with tempfile.TemporaryDirectory(prefix="dotmac-") as folder:
        contents = Path(folder, "contents")
        lines = client.run("pg_restore", "--list", file).splitlines(keepends=True)
        # A policy that was there only for the making of the copy is none of the data.
        contents.write_text("".join(line for line in lines if not _MADE_FOR_COPY.search(line)))
        # To a file, not a pipe: nobody reads it while the copy flows, and a full pipe would block.
        with Path(folder, "said").open("w+b") as said:
            codes = _pipe(client, ["--no-comments", f"--use-list={contents}", file], before, said)
            if any(codes):
                said.seek(0)
                text = said.read()[-4000:].decode(errors="replace")
                raise CommandFailedError("psql" if codes[1] else "pg_restore", max(codes), text)


def _pipe(
    client: Client, source: list[str | Path], before: list[str], said: IO[bytes]
) -> tuple[int, int]:
    """Run pg_restore into psql; how each ended."""
    commands = [f"--command={sql}" for sql in before]
    psql = subprocess.Popen(  # noqa: S603 # a program found here, no shell
        [
            client.binaries.program("psql"),
            *PSQL,
            "--single-transaction",
            *commands,
            "--file=-",
            client.address,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=said,
        env=client.environment,
    )
    reader = subprocess.Popen(  # noqa: S603 # see above
        [client.binaries.program("pg_restore"), "--file=-", *source],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=said,
        env=client.environment,
    )
    with reader, psql:
        _pump(client, reader, psql)
        if reader.wait() != 0:
            # The end of its input would make psql commit what has arrived of a broken copy.
            psql.kill()
            forget_unsent(psql)
    return abs(reader.returncode), abs(psql.returncode)


def forget_unsent(ended: "subprocess.Popen[bytes]") -> None:
    """Close the input of a program that was ended; what is still buffered for it has no reader."""
    assert ended.stdin is not None
    ended.wait()
    with contextlib.suppress(BrokenPipeError):
        ended.stdin.close()


def _pump(
    client: Client, source: "subprocess.Popen[bytes]", target: "subprocess.Popen[bytes]"
) -> None:
    assert source.stdout is not None
    assert target.stdin is not None
    # Newer programs write it and older servers fail on it.
    unknown = client.server_major <= _LAST_WITHOUT_TRANSACTION_TIMEOUT
    skipped = b"SET transaction_timeout = 0;\n" if unknown else None
    try:
        for line in source.stdout:
            if line != skipped:
                target.stdin.write(line)
            if line.startswith((b"CREATE", b"ALTER", b"COPY")):
                break  # past the settings at its head
        shutil.copyfileobj(source.stdout, target.stdin)
    except BrokenPipeError:
        source.stdout.close()  # psql stopped at an error and has said which
