"""Refusals of what a directory asks for.

```text
ScimResourceNotFoundError   404
UserNameTakenError          409  uniqueness
OwnerNotProvisionedError    403
InvalidScimFilterError      422  invalidFilter
InvalidScimMessageError     422  invalidSyntax
InvalidScimPathError        422  invalidPath
InvalidScimValueError       422  invalidValue
ReadOnlyAttributeError      422  mutability
NoPatchTargetError          422  noTarget
```

On the right the `scimType` of RFC 7644, table 9; SCIM has 400 for all that is 422 elsewhere.
"""

from __future__ import annotations

from dotmac_core_ops.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError


class ScimResourceNotFoundError(NotFoundError):
    """The directory names a user, group, schema or type that is not here."""

    code = "SCIM_RESOURCE_NOT_FOUND"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is no {kind} {name!r}.", kind=kind, name=name)


class UserNameTakenError(ConflictError):
    """Another user has this userName, e-mail address or externalId; find it by a filter first."""

    code = "USER_NAME_TAKEN"

    def __init__(self, attribute: str) -> None:
        super().__init__(f"Another user has this {attribute} already.", attribute=attribute)


class OwnerNotProvisionedError(ForbiddenError):
    """A directory neither makes nor unmakes owners, whatever key it has; people do that."""

    code = "OWNER_NOT_PROVISIONED"

    def __init__(self) -> None:
        super().__init__(
            "Owners are made, moved and deactivated by people, never by a directory, so that a "
            "mistake in it locks nobody out for good."
        )


class InvalidScimFilterError(InvalidError):
    """The filter cannot be read, or asks what is not answered here."""

    code = "INVALID_SCIM_FILTER"

    def __init__(self, supported: str) -> None:
        super().__init__(
            f'Use attribute eq "value", joined by and. Attributes: {supported}.',
            supported=supported,
        )


class InvalidScimMessageError(InvalidError):
    """The body is no message of SCIM: say which operations, as a list of objects."""

    code = "INVALID_SCIM_MESSAGE"

    def __init__(self, message: str) -> None:
        super().__init__(message)


class InvalidScimPathError(InvalidError):
    """The path of an operation cannot be read."""

    code = "INVALID_SCIM_PATH"

    def __init__(self, path: str) -> None:
        super().__init__(
            'A path is like name.familyName or emails[type eq "work"].value.', path=path
        )


class InvalidScimValueError(InvalidError):
    """An attribute has a value that cannot be kept."""

    code = "INVALID_SCIM_VALUE"

    def __init__(self, attribute: str, wanted: str) -> None:
        super().__init__(f"{attribute}: {wanted}.", attribute=attribute)


class ReadOnlyAttributeError(InvalidError):
    """The attribute is the server's, or must not be without a value."""

    code = "READ_ONLY_ATTRIBUTE"

    def __init__(self, attribute: str) -> None:
        super().__init__(f"{attribute} cannot be changed or removed so.", attribute=attribute)


class NoPatchTargetError(InvalidError):
    """An operation is about a value that is not there, or about nothing."""

    code = "NO_PATCH_TARGET"

    def __init__(self, path: str) -> None:
        super().__init__("There is nothing that this operation is about.", path=path)
