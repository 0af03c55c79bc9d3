"""What a provider says about somebody, read from the claims of an ID token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dotmac_identity.users.emails import InvalidEmailError, normalised_email

_LONGEST_NAME = 200


@dataclass(frozen=True)
class ProvidedIdentity:
    """Somebody as a provider knows them: `subject` never changes and is never given to another.

    `email` is in lower case. `email_verified` is None where the provider does not say. `methods`
    are how somebody proved who they are (`amr`, RFC 8176), `context` how strongly (`acr`).
    """

    issuer: str
    subject: str
    email: str | None = None
    email_verified: bool | None = None
    name: str = ""
    methods: frozenset[str] = frozenset()
    context: str | None = None

    def shows_second_factor(self, methods: Iterable[str], contexts: Iterable[str]) -> bool:
        """Whether one of these methods, or of these contexts, was shown; without any, it was not.

        Which of a provider's values mean a second factor is for the tenant to say: everybody may
        write `mfa` there.
        """
        return bool(self.methods & set(methods)) or self.context in set(contexts)


def provided_identity(claims: Mapping[str, Any]) -> ProvidedIdentity:
    """Who it is by `claims`, whose `iss` and `sub` have been checked."""
    methods = claims.get("amr")
    context = claims.get("acr")
    return ProvidedIdentity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=_email(claims.get("email")),
        email_verified=_truth(claims.get("email_verified")),
        name=_name(claims),
        methods=frozenset(texts(methods) if isinstance(methods, list) else ()),
        context=context if isinstance(context, str) else None,
    )


def claimed_values(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """The texts of a claim, one or a list: of `groups`, or within others as `realm_access.roles`.

    A claim whose own name is `path`, dots included, comes first: some are called like an address.
    """
    found: object = claims
    if path in claims:
        found = claims[path]
    else:
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    return frozenset(texts(found))


def texts(value: object) -> list[str]:
    """The texts in `value`: itself if it is one, those of a list; anything else has none."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _email(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return normalised_email(value)
    except InvalidEmailError:  # of no use to us, which is what None says
        return None


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    # A text, against the standard, at some providers; anything but the one word is no yes.
    return value.lower() == "true" if isinstance(value, str) else None


def _name(claims: Mapping[str, Any]) -> str:
    whole = claims.get("name")
    if not isinstance(whole, str) or not whole.strip():
        whole = " ".join(texts([claims.get("given_name"), claims.get("family_name")]))
    printable = "".join(character for character in whole if character.isprintable())
    return printable.strip()[:_LONGEST_NAME]
