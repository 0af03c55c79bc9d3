"""What signs in: how a device is called, and whether it is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network

UNKNOWN = "Unknown device"

# In this order, because most browsers claim to be those further down as well. A list and not a
# library: the common one takes a second and 36 MB to compile what only names a session here.
_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Version/[\d.]+.* Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)
_PREFIX = {4: 16, 6: 32}
_LONGEST = 60


@lru_cache(maxsize=1000)
def device_label(user_agent: str) -> str:
    """`user_agent` as people call it: `Firefox on Windows`; a program by its own name.

    `Unknown device` where it says nothing.
    """
    system = _first(_SYSTEMS, user_agent)
    browser = _first(_BROWSERS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    program = user_agent.partition("/")[0].strip()[:_LONGEST]
    return browser or system or program or UNKNOWN


def is_new_device(user_agent: str, address: str, known: Iterable[tuple[str, str]]) -> bool:
    """Whether nobody signed in like this before: another device, or from another provider.

    `known` are user agent and address of earlier sessions; without any, this is the first sign-in,
    which surprises nobody. Versions do not matter, because browsers renew themselves; nor does the
    end of an address, because providers change it: compared are the first 16 bits of IPv4 and the
    first 32 of IPv6.
    """
    earlier = {(device_label(agent), _region(place)) for agent, place in known}
    return bool(earlier) and (device_label(user_agent), _region(address)) not in earlier


def _first(names: Iterable[tuple[str, str]], user_agent: str) -> str:
    return next((name for name, sign in names if re.search(sign, user_agent)), "")


def _region(address: str) -> str:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(ip_network((parsed, _PREFIX[parsed.version]), strict=False))
