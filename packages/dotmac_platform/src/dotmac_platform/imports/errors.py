"""Why a file cannot be imported at all. A row that cannot is a `Reject`, not an error."""

from __future__ import annotations

from datetime import date

from dotmac_core_ops.errors import InvalidError


class MappingInvalidError(InvalidError):
    """The mapping misses a key, has one too many, or gives it a value that means nothing."""

    code = "IMPORT_MAPPING_INVALID"

    def __init__(self, path: str, problems: list[str]) -> None:
        super().__init__(
            f"{path} is not a valid mapping: " + "; ".join(problems), problems=problems
        )


class ImportFileUnreadableError(InvalidError):
    """The file is missing, empty or has no header line."""

    code = "IMPORT_FILE_UNREADABLE"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} cannot be read: {reason}.", path=path)


class ImportEncodingError(InvalidError):
    """The bytes are not in the encoding that the mapping names."""

    code = "IMPORT_ENCODING"

    def __init__(self, path: str, encoding: str, line: int) -> None:
        super().__init__(
            f"{path}, after line {line}: the bytes are not {encoding}; "
            "say which encoding it is under [file] encoding in the mapping.",
            line=line,
            encoding=encoding,
        )


class ImportColumnsError(InvalidError):
    """The header lacks a column, has one twice, or has one that the mapping does not know."""

    code = "IMPORT_COLUMNS"

    def __init__(self, missing: list[str], unknown: list[str], twice: list[str]) -> None:
        parts = []
        if twice:
            parts.append(f"the file has the column {', '.join(map(repr, twice))} more than once")
        if missing:
            parts.append(f"the file has no column {', '.join(map(repr, missing))}")
        if unknown:
            parts.append(
                f"the mapping does not know the column {', '.join(map(repr, unknown))} "
                "(use it, or list it under [file] ignore)"
            )
        super().__init__("; ".join(parts) + ".", missing=missing, unknown=unknown, twice=twice)


class ImportAsOfError(InvalidError):
    """The day the file describes has not come yet."""

    code = "IMPORT_AS_OF_IN_FUTURE"

    def __init__(self, as_of: date, today: date) -> None:
        super().__init__(f"--as-of {as_of} lies in the future; today is {today}.", as_of=str(as_of))
