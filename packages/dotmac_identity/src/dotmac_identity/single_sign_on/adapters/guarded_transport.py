"""Requests to addresses that somebody typed in; they never reach what stands beside this server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import TypeAlias

import httpx

from dotmac_identity.single_sign_on.openid.addresses import (
    ProviderAddressError,
    checked_address,
    is_asked,
)

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
"""The IP addresses of a host, best first."""


async def resolved(host: str, port: int) -> list[str]:
    """What the machine's resolver says.

    Raises:
        OSError: there is no such host, or the resolver does not answer.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects to public addresses only, and to exactly those that were looked at.

    The name is resolved here, and the connection made to the address found: a name that leads
    elsewhere when asked a second time (DNS rebinding) gains nothing. Certificate and Host remain
    those of the name. No proxy of the environment is used, because it would resolve by itself.
    """

    def __init__(self, *, allows_loopback: bool = False, resolve: Resolve = resolved) -> None:
        self._allows_loopback = allows_loopback
        self._resolve = resolve
        # Kept connections are told apart by address alone: one whose certificate was that of a
        # name would serve another name at the same address.
        self._inner = httpx.AsyncHTTPTransport(
            trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`.

        Raises:
            ProviderAddressError: its address is not one that is asked.
            httpx.TransportError: nobody answers there.
        """
        url = request.url
        checked_address(str(url), allows_loopback=self._allows_loopback)
        try:
            addresses = await self._resolve(url.host, url.port or 443)
        except OSError as error:
            raise httpx.ConnectError("there is no such host", request=request) from error
        for address in addresses:
            if not is_asked(address, allows_loopback=self._allows_loopback):
                raise ProviderAddressError("it is not on the public internet")
        failure: httpx.TransportError = httpx.ConnectError("there is no such host", request=request)
        for address in addresses:
            try:
                return await self._inner.handle_async_request(_sent_to(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error  # the next one may be reached: of IPv6 and IPv4 often one is not
        raise failure

    async def aclose(self) -> None:
        """Let go of what is open."""
        await self._inner.aclose()


def _sent_to(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to an IP address; `Host` is among its headers already."""
    literal = f"[{address}]" if ":" in address else address
    extensions = dict(request.extensions)
    if not _is_ip(request.url.host):
        extensions["sni_hostname"] = request.url.host
    return httpx.Request(
        request.method,
        request.url.copy_with(host=literal),
        headers=request.headers,
        stream=request.stream,
        extensions=extensions,
    )


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
