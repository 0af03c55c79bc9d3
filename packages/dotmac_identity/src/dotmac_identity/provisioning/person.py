"""A person as a directory tells of them, and what our account makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dotmac_core_ops.clock import time_zone as zone_named
from dotmac_identity.accounts.locales import checked_locale
from dotmac_identity.provisioning.attribute_names import folded
from dotmac_identity.provisioning.errors import InvalidScimMessageError, InvalidScimValueError
from dotmac_identity.users.emails import InvalidEmailError, normalised_email

_LONGEST = 254
_LONGEST_NAME = 200


@dataclass(frozen=True)
class DirectoryPerson:
    """What a directory decides about somebody.

    `user_name` is what the directory calls them, `email` what they sign in with; for most they are
    the same. `name` is what people see.
    """

    user_name: str
    email: str
    name: str
    given_name: str | None = None
    family_name: str | None = None
    external_id: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    is_active: bool = True

    @property
    def key(self) -> str:
        """`user_name` as it is compared: without regard to case (RFC 7643, section 4.1.1)."""
        return self.user_name.lower()

    @property
    def joined_names(self) -> str:
        """The names as one text."""
        return " ".join(filter(None, (self.given_name, self.family_name)))


def read_person(
    document: Mapping[str, Any], present: DirectoryPerson | None = None
) -> DirectoryPerson:
    """What `document`, a user of SCIM, says of somebody; `present` is what is known of them.

    What the account cannot be without stays when it is left out (`active`, `locale`, the address
    and the name that people see); everything else is then gone. Attributes that are not kept are
    passed over. The address is the primary one of `emails`, else the one for work, else the first;
    without one it is the userName, where that is an address.

    Raises:
        InvalidScimValueError: an attribute has a value that cannot be kept, or is missing.
        InvalidScimMessageError: `name` is no object, or `emails` no list.
    """
    values = folded(document)
    names = values.get("name") or {}
    if not isinstance(names, Mapping):
        raise InvalidScimMessageError("name is an object with givenName and familyName.")
    names = folded(names)
    user_name = _text(values, "userName", longest=_LONGEST)
    if user_name is None:
        raise InvalidScimValueError("userName", "say how the directory calls the user")
    person = DirectoryPerson(
        user_name=user_name,
        email=_email(values, user_name, present),
        name="",
        given_name=_text(names, "givenName"),
        family_name=_text(names, "familyName"),
        external_id=_text(values, "externalId", longest=_LONGEST),
        locale=_locale(values, present),
        time_zone=_time_zone(values),
        is_active=_is_active(values, present),
    )
    shown = _text(values, "displayName") or _text(names, "formatted")
    return replace(person, name=shown or _composed_name(person, present))


def document_of(person: DirectoryPerson) -> dict[str, Any]:
    """`person` as the document that operations of a PATCH are done to.

    The shown name is not in it: it is taken over where an operation gives one, and follows the
    parts of the name otherwise.
    """
    return {
        "userName": person.user_name,
        "externalId": person.external_id,
        "active": person.is_active,
        "name": {"givenName": person.given_name, "familyName": person.family_name},
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "locale": person.locale,
        "timezone": person.time_zone,
    }


def _composed_name(person: DirectoryPerson, present: DirectoryPerson | None) -> str:
    joined = person.joined_names
    if present is None:
        return joined or person.user_name
    made_of_parts = present.name in {present.joined_names, present.user_name, present.email}
    return joined if joined and made_of_parts else present.name


def _email(values: Mapping[str, Any], user_name: str, present: DirectoryPerson | None) -> str:
    given = _chosen_email(values.get("emails"))
    if given is not None:
        return _address(given, "emails")
    if present is None:
        return _address(user_name, "userName")
    # Where the address is the userName, a directory that changes the one means both.
    return _address_or(user_name, present.email) if present.email == present.key else present.email


def _chosen_email(emails: Any) -> str | None:  # noqa: ANN401 (any JSON)
    if emails is None:
        return None
    listed = emails if isinstance(emails, list) else [emails]
    found = [{"value": one} if isinstance(one, str) else one for one in listed]
    if not all(isinstance(one, Mapping) for one in found):
        raise InvalidScimMessageError("emails is a list of objects with value and type.")
    folds = [folded(one) for one in found]
    ranked = sorted(folds, key=_rank)
    value = ranked[0].get("value") if ranked else None
    if value is not None and not isinstance(value, str):
        raise InvalidScimValueError("emails", "an address is a text")
    return value or None


def _rank(email: Mapping[str, Any]) -> tuple[bool, bool]:
    """Smallest for the primary address, then for the one for work."""
    is_primary = str(email.get("primary")).lower() == "true"
    return not is_primary, str(email.get("type")).lower() != "work"


def _address(text: str, attribute: str) -> str:
    try:
        return normalised_email(text)
    except InvalidEmailError as error:
        raise InvalidScimValueError(attribute, "it takes an e-mail address to sign in") from error


def _address_or(text: str, otherwise: str) -> str:
    try:
        return normalised_email(text)
    except InvalidEmailError:
        return otherwise


def _is_active(values: Mapping[str, Any], present: DirectoryPerson | None) -> bool:
    given = values.get("active")
    if given is None:
        return True if present is None else present.is_active
    if isinstance(given, bool):
        return given
    # Entra ID writes booleans as text unless it is told not to (aadOptscim062020).
    if isinstance(given, str) and given.lower() in {"true", "false"}:
        return given.lower() == "true"
    raise InvalidScimValueError("active", "it is true or false")


def _locale(values: Mapping[str, Any], present: DirectoryPerson | None) -> str | None:
    given = _text(values, "locale")
    if given is None:
        return None if present is None else present.locale
    return checked_locale(given)


def _time_zone(values: Mapping[str, Any]) -> str | None:
    given = _text(values, "timezone")
    return None if given is None else zone_named(given).key


def _text(values: Mapping[str, Any], name: str, *, longest: int = _LONGEST_NAME) -> str | None:
    given = values.get(name.lower())
    if given is None:
        return None
    if not isinstance(given, str) or len(given) > longest:
        raise InvalidScimValueError(name, f"it is a text of at most {longest} characters")
    return given.strip() or None
