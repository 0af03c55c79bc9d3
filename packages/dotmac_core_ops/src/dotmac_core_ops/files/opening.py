"""The file store that the settings ask for."""

from __future__ import annotations

from dotmac_core_ops.files.disk import DiskFiles
from dotmac_core_ops.files.store import FileStore
from dotmac_core_ops.settings import Settings


def open_file_store(settings: Settings) -> FileStore:
    """The folder `files` in DOTMAC_HOME, or the S3 bucket; nothing connects before first use."""
    if settings.files_backend == "disk" or settings.s3_bucket is None:
        return DiskFiles(settings.dotmac_home / "files")
    from dotmac_core_ops.files.s3 import S3Files  # noqa: PLC0415 - an extra that may be absent

    secret = settings.s3_secret_access_key
    return S3Files(
        settings.s3_bucket,
        endpoint_url=settings.s3_endpoint_url,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=None if secret is None else secret.get_secret_value(),
    )
