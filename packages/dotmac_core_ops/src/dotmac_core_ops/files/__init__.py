"""Files of tenants, on disk or in S3: checked on the way in, verified on the way out.

`file_store()` is the one of this process; then `store_file(session, file_store(), chunks, …)`.
"""

from dotmac_core_ops.files.configured import file_store, keeping_files_in
from dotmac_core_ops.files.disk import DiskFiles
from dotmac_core_ops.files.errors import (
    FileCorruptedError,
    FileExistsAlreadyError,
    FileTooLargeError,
    FileTypeMismatchError,
    StoredFileNotFoundError,
)
from dotmac_core_ops.files.media_types import HEAD_BYTES, detected_type
from dotmac_core_ops.files.opening import open_file_store
from dotmac_core_ops.files.service import (
    StoredFile,
    delete_file,
    find_file,
    open_file,
    safe_name,
    store_file,
    sweep_files,
    sweep_job,
)
from dotmac_core_ops.files.store import Contents, FileStore

__all__ = [
    "HEAD_BYTES",
    "Contents",
    "DiskFiles",
    "FileCorruptedError",
    "FileExistsAlreadyError",
    "FileStore",
    "FileTooLargeError",
    "FileTypeMismatchError",
    "StoredFile",
    "StoredFileNotFoundError",
    "delete_file",
    "detected_type",
    "file_store",
    "find_file",
    "keeping_files_in",
    "open_file",
    "open_file_store",
    "safe_name",
    "store_file",
    "sweep_files",
    "sweep_job",
]
