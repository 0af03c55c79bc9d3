"""The PostgreSQL server a test run uses."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dotmac_core_ops.embedded.binaries import OLDEST_MAJOR, find_binaries
from dotmac_core_ops.embedded.server import EmbeddedServer

SHARED_URL = "DOTMAC_TEST_SERVER_URL"
"""Environment variable by which parallel test workers find the server of their parent."""

CHOICE = "DOTMAC_TEST_POSTGRES"
"""Environment variable that chooses the programs: a major version or a directory."""


@contextmanager
def test_server() -> Iterator[str]:
    """Address of a PostgreSQL for tests, whose role may create databases and roles.

    `TEST_DATABASE_URL` when set; else the server of the parent test process; else a throwaway
    server of our own, which is gone afterwards. Processes started meanwhile share it.

    Raises:
        NoServerFoundError: no server, or not the one `DOTMAC_TEST_POSTGRES` asks for.
    """
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get(SHARED_URL)
    if given:
        yield given
        return
    home = Path(tempfile.mkdtemp(prefix="dotmac-tests-"))
    try:
        with EmbeddedServer(home, bin_dir=chosen_bin_dir(), for_tests=True) as handle:
            os.environ[SHARED_URL] = handle.url
            yield handle.url
    finally:
        os.environ.pop(SHARED_URL, None)
        shutil.rmtree(home, ignore_errors=True)


def chosen_bin_dir() -> Path | None:
    """What `DOTMAC_TEST_POSTGRES` asks for (`15`, `18` or a directory); None when it is not set.

    Raises:
        NoServerFoundError: that major version is not on this machine.
    """
    choice = os.environ.get(CHOICE, "")
    if not choice:
        return None
    if choice.isdigit() and int(choice) >= OLDEST_MAJOR:
        return find_binaries(major=int(choice)).bin_dir
    return Path(choice)
