"""For which site a passkey is good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class RelyingParty:
    """The domain that a passkey belongs to (`id`), and the one site whose pages may ask for it.

    Source: Web Authentication level 3, section 13.4.9 (validating the origin of a credential).
    """

    id: str
    origin: str


def relying_party(url: str) -> RelyingParty | None:
    """The party at `url`, written as browsers write it; None at an IP address, which is no domain.

    `relying_party("https://My.Example:443")` has the id `my.example` and the origin
    `https://my.example`.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    if not host or _is_address(host):
        return None
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    return RelyingParty(host, f"{parts.scheme}://{host}{port}")


def parties_at(urls: Iterable[str]) -> list[RelyingParty]:
    """The parties at those of `urls` that have a domain, in their order."""
    return [party for url in urls if (party := relying_party(url)) is not None]


def chosen_party(parties: list[RelyingParty], origin: str | None) -> RelyingParty | None:
    """The one of `parties` whose page asks, otherwise the first; None where there is none.

    What a request says of its origin only chooses among sites that are known to be ours.
    """
    return party_of(parties, origin) or next(iter(parties), None)


def party_of(parties: Iterable[RelyingParty], origin: str | None) -> RelyingParty | None:
    """The one of `parties` with exactly this origin."""
    return next((party for party in parties if party.origin == origin), None)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
