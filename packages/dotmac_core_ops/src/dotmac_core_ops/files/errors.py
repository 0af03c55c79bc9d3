"""Refusals about files."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError, UnavailableError


class FileTooLargeError(InvalidError):
    """The upload is larger than is allowed here."""

    code = "FILE_TOO_LARGE"

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The file is larger than {max_bytes} bytes.", max_bytes=max_bytes)


class FileTypeMismatchError(InvalidError):
    """The content is not of the declared type, or that type is not accepted."""

    code = "FILE_TYPE_MISMATCH"

    def __init__(self, declared: str) -> None:
        message = f"The content is not {declared!r}, or that type is not accepted."
        super().__init__(message, media_type=declared)


class StoredFileNotFoundError(NotFoundError):
    """No file with this id, or its bytes are gone."""

    code = "FILE_NOT_FOUND"

    def __init__(self, file_id: UUID) -> None:
        super().__init__("There is no such file.", file_id=str(file_id))


class FileExistsAlreadyError(ConflictError):
    """A file is written once; its id is taken."""

    code = "FILE_EXISTS"

    def __init__(self, file_id: UUID) -> None:
        super().__init__("A file with this id is stored already.", file_id=str(file_id))


class FileCorruptedError(UnavailableError):
    """The stored bytes are not those that were put in: their SHA-256 differs."""

    code = "FILE_CORRUPTED"

    def __init__(self, file_id: UUID) -> None:
        super().__init__("The stored file is damaged.", file_id=str(file_id))
