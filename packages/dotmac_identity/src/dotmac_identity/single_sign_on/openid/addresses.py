"""Which addresses of providers are asked: what an administrator types in must not lead inside.

Otherwise whoever sets up a provider could have this server read what stands beside it: the metadata
of a cloud, a database's console, a printer (server-side request forgery, OWASP A10:2021).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from dotmac_core_ops.errors import InvalidError

_NAT64 = 96  # bits before the IPv4 address in 64:ff9b::/96
_LONGEST = 2000


class ProviderAddressError(InvalidError):
    """A provider's address is not one that is asked; `reason` says why.

    It begins with `https://`, names a host on the public internet, and has no password in it.
    """

    code = "PROVIDER_ADDRESS_REFUSED"

    def __init__(self, reason: str) -> None:
        super().__init__(f"This address is not asked: {reason}.", reason=reason)


def checked_address(address: str, *, allows_loopback: bool = False) -> str:
    """`address`, if its form is one of those that are asked.

    With `allows_loopback` also `http://` at this machine: for tests and development.

    Raises:
        ProviderAddressError: it is not.
    """
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise ProviderAddressError("it is no address") from error
    if len(address) > _LONGEST or not host or port == 0 or any(c.isspace() for c in address):
        raise ProviderAddressError("it is no address")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ProviderAddressError("it has more than host, port, path and query")
    if parts.scheme != "https" and not (
        allows_loopback and parts.scheme == "http" and _is_this_machine(host)
    ):
        raise ProviderAddressError("it does not begin with https://")
    return address


def is_asked(address: str, *, allows_loopback: bool = False) -> bool:
    """Whether a connection to this IP address is made: it is on the public internet.

    Addresses that wrap an IPv4 address (mapped, 6to4, NAT64) count as what they wrap.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _wrapped(parsed)
    if inner is not None:
        parsed = inner
    if parsed.is_loopback:
        return allows_loopback
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _wrapped(parsed: IPv4Address | IPv6Address) -> IPv4Address | None:
    if not isinstance(parsed, IPv6Address):
        return None
    if parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    if parsed.sixtofour is not None:
        return parsed.sixtofour
    if int(parsed) >> (128 - _NAT64) == int(IPv6Address("64:ff9b::")) >> (128 - _NAT64):
        return IPv4Address(int(parsed) & 0xFFFFFFFF)
    return None


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
