"""Refusals about custom fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one value: where it is, a stable code, a sentence."""

    path: str
    code: str
    message: str


class InvalidCustomFieldsError(InvalidError):
    """Values of custom fields are missing or wrong; `fields` in the details has each of them."""

    code = "INVALID_CUSTOM_FIELDS"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "Some custom fields are missing or wrong.",
            fields=[asdict(problem) for problem in problems],
        )


class InvalidFieldDefinitionError(InvalidError):
    """A definition of a field makes no sense; `field` in the details is the part that is wrong."""

    code = "INVALID_FIELD_DEFINITION"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason, field=field)


class UnknownEntityError(InvalidError):
    """No installed module lets this kind of thing have custom fields; the details list those."""

    code = "UNKNOWN_ENTITY"

    def __init__(self, entity: str, known: Sequence[str]) -> None:
        super().__init__(f"{entity!r} cannot have custom fields.", entity=entity, known=list(known))


class CustomFieldNotFoundError(NotFoundError):
    """The tenant has no such custom field."""

    code = "CUSTOM_FIELD_NOT_FOUND"

    def __init__(self, field_id: UUID) -> None:
        super().__init__("There is no such custom field.", field_id=str(field_id))


class FieldKeyTakenError(ConflictError):
    """The entity has a field of this key, perhaps an archived one."""

    code = "FIELD_KEY_TAKEN"

    def __init__(self, entity: str, key: str) -> None:
        super().__init__(f"{entity} has a field {key!r} already.", entity=entity, key=key)


class FieldInUseError(ConflictError):
    """Things have values of this field, so its type stays; archive it and define another."""

    code = "FIELD_IN_USE"

    def __init__(self, entity: str, key: str) -> None:
        super().__init__(
            "There are values of this field, so its type cannot change. Archive it and define "
            "another one.",
            entity=entity,
            key=key,
        )


class FieldOrderError(InvalidError):
    """An order names each field of the entity that is not archived exactly once."""

    code = "FIELD_ORDER_INCOMPLETE"

    def __init__(self, entity: str) -> None:
        super().__init__("Name each field that is not archived exactly once.", entity=entity)


class TooManyFieldsError(ConflictError):
    """An entity has at most 100 fields that are not archived."""

    code = "TOO_MANY_FIELDS"

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} fields; archive one first.", most=most)
