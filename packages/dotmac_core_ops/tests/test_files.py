"""One contract for files on disk and in S3, and the rows that describe them."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import boto3
import pytest
from moto.server import ThreadedMotoServer

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.files import (
    DiskFiles,
    FileCorruptedError,
    FileExistsAlreadyError,
    FileStore,
    FileTooLargeError,
    FileTypeMismatchError,
    StoredFileNotFoundError,
    delete_file,
    find_file,
    open_file,
    open_file_store,
    safe_name,
    store_file,
    sweep_files,
    sweep_job,
)
from dotmac_core_ops.files.s3 import S3Files
from dotmac_core_ops.files.store import CHUNK_BYTES
from dotmac_core_ops.module import JobContext
from dotmac_core_ops.principal import Actor, acting_as
from dotmac_core_ops.settings import load_settings
from dotmac_core_ops.testing import Tenant

PDF = b"%PDF-1.7\n" + os.urandom(2 * CHUNK_BYTES)
TENANT, OTHER = new_id(), new_id()


async def chunks_of(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


@dataclass
class Place:
    """A store, its clock, and a way to damage what is in it."""

    store: FileStore
    clock: FrozenClock
    damage: Callable[[UUID, bytes], None]


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A server that speaks S3, on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["disk", pytest.param("s3", marks=pytest.mark.integration)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    clock = FrozenClock(datetime.now(UTC) + timedelta(minutes=1))
    if request.param == "disk":

        def overwrite(file_id: UUID, content: bytes) -> None:
            [path] = tmp_path.rglob(str(file_id))
            path.write_bytes(content)

        return Place(DiskFiles(tmp_path / "files", clock=clock), clock, overwrite)

    endpoint, bucket = request.getfixturevalue("s3_endpoint"), f"b-{new_id()}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket=bucket)

    def put(file_id: UUID, content: bytes) -> None:
        client.put_object(Bucket=bucket, Key=f"files/{TENANT}/{file_id}", Body=content)

    store = S3Files(
        *(bucket,),
        endpoint_url=endpoint,
        access_key_id="test",
        secret_access_key="test",
        clock=clock,
    )
    return Place(store, clock, put)


async def put(
    store: FileStore, file_id: UUID, content: bytes = PDF, media_type: str = "application/pdf"
) -> bytes:
    contents = await store.put(
        TENANT, file_id, chunks_of(content), media_type=media_type, max_bytes=len(PDF)
    )
    return contents.sha256


async def test_a_file_comes_back_as_it_was(place: Place) -> None:
    file_id = new_id()

    contents = await place.store.put(
        *(TENANT, file_id, chunks_of(PDF)), media_type="Application/PDF", max_bytes=len(PDF)
    )

    assert contents.size == len(PDF)
    assert contents.sha256 == hashlib.sha256(PDF).digest()
    assert contents.media_type == "application/pdf"
    assert await place.store.exists(TENANT, file_id)
    assert await whole(place.store.open(TENANT, file_id, sha256=contents.sha256)) == PDF


async def test_a_file_is_known_by_its_tenant_and_id_only(place: Place) -> None:
    file_id = new_id()
    sha256 = await put(place.store, file_id)

    assert not await place.store.exists(OTHER, file_id)
    with pytest.raises(StoredFileNotFoundError):
        await whole(place.store.open(OTHER, file_id, sha256=sha256))
    await place.store.delete(OTHER, file_id)
    assert await place.store.exists(TENANT, file_id)


async def test_a_file_that_is_too_large_is_not_stored(place: Place) -> None:
    file_id = new_id()

    with pytest.raises(FileTooLargeError):
        await put(place.store, file_id, PDF + b"x")

    assert not await place.store.exists(TENANT, file_id)


async def test_reading_stops_as_soon_as_a_file_is_too_large(place: Place) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b"%PDF-"
        while True:
            taken += 1
            yield b"x" * 1000

    with pytest.raises(FileTooLargeError):
        await place.store.put(
            TENANT, new_id(), endless(), media_type="application/pdf", max_bytes=5000
        )

    assert taken == 5


async def test_a_file_of_another_type_is_not_stored(place: Place) -> None:
    file_id = new_id()

    with pytest.raises(FileTypeMismatchError) as refusal:
        await put(place.store, file_id, b"<html>", "image/png")

    assert refusal.value.details == {"media_type": "image/png"}
    assert not await place.store.exists(TENANT, file_id)


async def test_an_upload_that_breaks_off_leaves_nothing(place: Place) -> None:
    file_id = new_id()

    async def breaks() -> AsyncIterator[bytes]:
        yield PDF[:1000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await place.store.put(
            TENANT, file_id, breaks(), media_type="application/pdf", max_bytes=len(PDF)
        )

    assert not await place.store.exists(TENANT, file_id)
    await put(place.store, file_id)  # the id is still free


async def test_a_stored_file_is_never_overwritten(place: Place) -> None:
    file_id = new_id()
    sha256 = await put(place.store, file_id)

    with pytest.raises(FileExistsAlreadyError):
        await put(place.store, file_id, b"%PDF-other")

    assert await whole(place.store.open(TENANT, file_id, sha256=sha256)) == PDF


@pytest.mark.parametrize("damaged", [PDF[:-1], PDF + b"x", PDF[:-1] + b"?", b""])
async def test_a_damaged_file_is_not_handed_out_whole(place: Place, damaged: bytes) -> None:
    file_id = new_id()
    sha256 = await put(place.store, file_id)
    place.damage(file_id, damaged)
    received = b""

    async def download() -> None:
        nonlocal received
        async for chunk in place.store.open(TENANT, file_id, sha256=sha256):
            received += chunk

    with pytest.raises(FileCorruptedError):
        await download()
    assert len(received) < max(len(damaged), 1)


async def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_error(place: Place) -> None:
    file_id = new_id()
    sha256 = await put(place.store, file_id)

    await place.store.delete(TENANT, file_id)
    await place.store.delete(TENANT, file_id)

    assert not await place.store.exists(TENANT, file_id)
    with pytest.raises(StoredFileNotFoundError):
        await whole(place.store.open(TENANT, file_id, sha256=sha256))


async def test_the_ids_of_older_files_can_be_listed(place: Place) -> None:
    file_ids = {new_id() for _ in range(3)}
    await asyncio.gather(*(put(place.store, file_id, b"%PDF-1") for file_id in file_ids))

    listed = {found async for found in place.store.ids(TENANT, older_than_seconds=0)}
    recent = {found async for found in place.store.ids(TENANT, older_than_seconds=3600)}

    assert listed == file_ids
    assert recent == set()
    assert [found async for found in place.store.ids(OTHER, older_than_seconds=0)] == []


async def test_an_id_that_is_no_id_leads_nowhere(place: Place) -> None:
    for wrong in ("../../etc/passwd", "a/b", ""):
        with pytest.raises(ValueError, match="badly formed"):
            await place.store.exists(TENANT, wrong)  # type: ignore[arg-type] # what a careless caller passes


def test_files_on_disk_are_readable_by_their_user_only(tmp_path: Path) -> None:
    file_id = new_id()
    asyncio.run(put(DiskFiles(tmp_path / "files"), file_id))

    [path] = tmp_path.rglob(str(file_id))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_the_settings_choose_the_store(tmp_path: Path) -> None:
    home = {"DOTMAC_HOME": str(tmp_path), "ENVIRONMENT": "test"}
    s3 = {"FILES_BACKEND": "s3", "S3_BUCKET": "b", "S3_ENDPOINT_URL": "http://127.0.0.1:1"}

    assert isinstance(open_file_store(load_settings(home)), DiskFiles)
    assert isinstance(open_file_store(load_settings({**home, **s3})), S3Files)


async def test_a_file_is_stored_with_its_description(
    database: Database, tenant: Tenant, second_tenant: Tenant, place: Place
) -> None:
    with acting_as(Actor("user:7", "user")):
        async with database.transaction(tenant.id) as session:
            stored = await store_file(
                *(session, place.store, chunks_of(PDF)),
                name="../invoices/März.pdf",
                media_type="application/pdf",
            )

    async with database.transaction(tenant.id) as session:
        found, chunks = await open_file(session, place.store, stored.id)
        assert found == stored
        assert (found.name, found.size, found.created_by) == ("März.pdf", len(PDF), "user:7")
        assert await whole(chunks) == PDF
    async with database.transaction(second_tenant.id) as session:
        with pytest.raises(StoredFileNotFoundError):
            await open_file(session, place.store, stored.id)
        with pytest.raises(StoredFileNotFoundError):
            await delete_file(session, stored.id)


async def test_bytes_without_a_row_are_swept_away_after_a_day(
    database: Database, tenant: Tenant, place: Place
) -> None:
    async def upload(content: bytes) -> UUID:
        stored = await store_file(
            session, place.store, chunks_of(content), name="a", media_type="application/pdf"
        )
        return stored.id

    async with database.transaction(tenant.id) as session:
        kept, deleted = await upload(b"%PDF-1"), await upload(b"%PDF-2")
    async with database.transaction(tenant.id) as session:
        await delete_file(session, deleted)
    assert await sweep_files(database, place.store, tenant.id) == 0
    place.clock.advance(days=1)

    assert await sweep_files(database, place.store, tenant.id) == 1

    assert await place.store.exists(tenant.id, kept)
    assert not await place.store.exists(tenant.id, deleted)
    async with database.transaction(tenant.id) as session:
        assert (await find_file(session, kept)).size == 6


async def test_the_remains_of_an_upload_that_was_killed_are_swept_away(
    database: Database, tenant: Tenant, tmp_path: Path
) -> None:
    clock = FrozenClock(datetime.now(UTC) + timedelta(days=2))
    folder = tmp_path / str(tenant.id) / "ab"
    folder.mkdir(parents=True)
    (folder / f"{new_id()}.0a1b2c3d.part").write_bytes(b"%PDF")

    async def extend_lease() -> None: ...

    job = sweep_job(DiskFiles(tmp_path, clock=clock))
    await job.run(JobContext(database, clock, {}, tenant.id, 1, extend_lease))

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.csv", "a.csv"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202efdp.exe", "fdp.exe"),  # would be read from right to left
        ("..", "file"),
        ("", "file"),
        ("/", "file"),
        ("x" * 300 + ".pdf", "x" * 190 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_the_shown_name_is_harmless(given: str, shown: str) -> None:
    assert safe_name(given) == shown
