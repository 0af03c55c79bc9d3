"""The networks that an API key is good from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address, ip_address, ip_network

from dotmac_core_ops.principal import Network
from dotmac_identity.api_keys.errors import InvalidNetworkError


def normalised_networks(texts: Iterable[str]) -> list[str]:
    """`texts` as networks in CIDR form, in their order, each once; an address is a network of one.

    Raises:
        InvalidNetworkError: one of them is none, or has bits beyond its mask (`10.0.0.1/8`).
    """
    found: dict[str, None] = {}
    for text in texts:
        try:
            found[str(ip_network(text.strip()))] = None
        except ValueError as error:
            raise InvalidNetworkError(text) from error
    return list(found)


def parsed_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks that were `normalised_networks`."""
    return tuple(ip_network(text) for text in texts)


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Whether `address` is in one of `networks`; what is no address is in none.

    An IPv4 address that came over an IPv6 socket (`::ffff:192.0.2.1`) is the IPv4 address.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)
