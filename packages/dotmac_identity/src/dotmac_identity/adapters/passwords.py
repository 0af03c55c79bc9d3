"""Password hashes by argon2id, computed in threads of their own."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_THREADS = 2  # a hash takes a core and tens of megabytes: more at once only queue elsewhere


@dataclass(frozen=True)
class PasswordCost:
    """How dear a guess is: passes, memory in KiB, lanes.

    The default is the OWASP password storage cheat sheet's second choice for argon2id.
    """

    passes: int = 2
    memory_kib: int = 19 * 1024
    lanes: int = 1


class Passwords:
    """Makes and verifies password hashes without holding up the event loop."""

    def __init__(self, cost: PasswordCost | None = None) -> None:
        cost = cost or PasswordCost()
        self._hasher = PasswordHasher(cost.passes, cost.memory_kib, cost.lanes)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")
        # What the password of an unknown user is compared with, at the same cost.
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    async def hash(self, password: str) -> str:
        """A salted hash of `password`, parameters included."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, _octets(password))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether `hashed` was made of `password`; without a hash, False after the same time."""
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(
            self._threads, self._matches, password, hashed or self._nobody
        )
        return right and hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether `hashed` was made at another cost than passwords are hashed at now."""
        return self._hasher.check_needs_rehash(hashed)

    def _matches(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, _octets(password))
        except (VerificationError, InvalidHashError):
            return False


def _octets(password: str) -> bytes:
    # JSON can carry half a surrogate pair, which plain UTF-8 refuses to encode.
    return password.encode("utf-8", "surrogatepass")
