"""`@cache_result` on a service's asynchronous methods."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from dotmac_core_ops.cache.keys import key_name, result_key
from dotmac_core_ops.cache.store import Cache

S = TypeVar("S")
P = ParamSpec("P")
R = TypeVar("R")
Method: TypeAlias = Callable[Concatenate[S, P], Awaitable[R]]


def cache_result(
    ttl: int | None = None, *, name: str | None = None
) -> Callable[[Method[S, P, R]], Method[S, P, R]]:
    """Keep what the method returns for `ttl` seconds in `self.cache` (its default when None).

    ```python
    @cache_result(ttl=300)
    async def get_customer_profile(self, customer_id: UUID) -> CustomerProfile: ...

    await self.cache.delete(f"customer_profile:{customer_id}")
    ```

    The key is the method's name without `get_` (or `name`, needed when two services have a method
    of one name) and the arguments, joined by colons; it is always inside the tenant. The result
    is kept as JSON by the method's return annotation: frozen dataclasses, Pydantic models and what
    they are made of, exactly; never mapped objects. A kept result that does not fit the annotation
    (any more) is computed anew. `self.cache` may be None; then nothing is kept.
    """

    def decorate(method: Method[S, P, R]) -> Method[S, P, R]:
        prefix = name or key_name(method.__name__)
        signature = _without_self(method)

        @cache
        def result_type() -> TypeAdapter[R]:
            # Found at the first call: annotations may name classes defined further down.
            return TypeAdapter(get_type_hints(method)["return"])

        @wraps(method)
        async def cached(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            held: Cache | None = getattr(self, "cache", None)
            if held is None:
                return await method(self, *args, **kwargs)
            computed: list[R] = []

            async def compute() -> bytes:
                computed.append(await method(self, *args, **kwargs))
                return result_type().dump_json(computed[-1])

            key = result_key(prefix, signature, args, kwargs)
            kept = await held.remember(key, compute, ttl=ttl)
            if computed:
                return computed[-1]
            try:
                return result_type().validate_json(kept)
            except ValidationError:
                await held.delete(key)
                return await method(self, *args, **kwargs)

        return cached

    return decorate


def _without_self(method: Callable[..., Any]) -> inspect.Signature:
    signature = inspect.signature(method)
    return signature.replace(parameters=list(signature.parameters.values())[1:])
