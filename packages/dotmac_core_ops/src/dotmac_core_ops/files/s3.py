"""Files in an S3 bucket (or what speaks its protocol). Needs the extra `dotmac-core-ops[s3]`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from dotmac_core_ops.clock import Clock, SystemClock
from dotmac_core_ops.files.errors import FileExistsAlreadyError, StoredFileNotFoundError
from dotmac_core_ops.files.store import CHUNK_BYTES, Contents, Intake, verified

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3.client import S3Client

_IN_MEMORY_BYTES = 1024 * 1024
_ABSENT = {"404", "NoSuchKey", "NotFound"}


class S3Files:
    """Files under the keys `prefix/<tenant>/<id>` of one bucket.

    An upload is collected in a temporary file first, so that nothing reaches the bucket before it
    is checked. boto3 blocks; its calls run in threads.
    """

    def __init__(
        self,
        bucket: str,
        *,
        endpoint_url: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        region: str | None = None,
        prefix: str = "files",
        clock: Clock | None = None,
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._clock: Clock = clock or SystemClock()
        self._client: S3Client = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            region_name=region or "us-east-1",
            config=Config(
                connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"}
            ),
        )

    async def put(
        self,
        tenant_id: UUID,
        file_id: UUID,
        chunks: AsyncIterator[bytes],
        *,
        media_type: str,
        max_bytes: int,
    ) -> Contents:
        """Store what `chunks` yields; see `FileStore.put`."""
        intake = Intake(media_type, max_bytes)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as collected:
            async for chunk in chunks:
                intake.take(chunk)
                await asyncio.to_thread(collected.write, chunk)
            contents = intake.finish()
            if await self.exists(tenant_id, file_id):
                raise FileExistsAlreadyError(file_id)
            collected.seek(0)
            await asyncio.to_thread(
                self._upload, self._key(tenant_id, file_id), collected, contents
            )
        return contents

    async def open(self, tenant_id: UUID, file_id: UUID, *, sha256: bytes) -> AsyncIterator[bytes]:
        """The file in chunks; see `FileStore.open`."""
        try:
            answer = await asyncio.to_thread(
                self._client.get_object, Bucket=self._bucket, Key=self._key(tenant_id, file_id)
            )
        except ClientError as error:
            if _is_absent(error):
                raise StoredFileNotFoundError(file_id) from error
            raise
        body = answer["Body"]
        try:
            async for chunk in verified(_read(body), file_id, sha256):
                yield chunk
        finally:
            body.close()

    async def delete(self, tenant_id: UUID, file_id: UUID) -> None:
        """Remove it; one that is not there is no error."""
        await asyncio.to_thread(
            self._client.delete_object, Bucket=self._bucket, Key=self._key(tenant_id, file_id)
        )

    async def exists(self, tenant_id: UUID, file_id: UUID) -> bool:
        """Whether it is there."""
        try:
            await asyncio.to_thread(
                self._client.head_object, Bucket=self._bucket, Key=self._key(tenant_id, file_id)
            )
        except ClientError as error:
            if _is_absent(error):
                return False
            raise
        return True

    async def ids(self, tenant_id: UUID, *, older_than_seconds: int) -> AsyncIterator[UUID]:
        """The tenant's files that have been there for so long, in no order."""
        before = self._clock.now() - timedelta(seconds=older_than_seconds)
        folder = self._folder(tenant_id)
        pages = self._client.get_paginator("list_objects_v2")
        found = iter(pages.paginate(Bucket=self._bucket, Prefix=folder))
        while page := await asyncio.to_thread(next, found, None):
            for item in page.get("Contents", ()):
                if item["LastModified"] <= before:
                    yield UUID(item["Key"].removeprefix(folder))

    def _folder(self, tenant_id: UUID) -> str:
        return f"{self._prefix}/{UUID(str(tenant_id))}/"

    def _key(self, tenant_id: UUID, file_id: UUID) -> str:
        return f"{self._folder(tenant_id)}{UUID(str(file_id))}"

    def _upload(self, key: str, source: IO[bytes], contents: Contents) -> None:
        # The bucket is told the type, never a name: whoever gets a link gets what was checked.
        extra: dict[str, Any] = {"ContentType": contents.media_type}
        self._client.upload_fileobj(source, self._bucket, key, ExtraArgs=extra)


async def _read(body: StreamingBody) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(body.read, CHUNK_BYTES):
        yield chunk


def _is_absent(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in _ABSENT
