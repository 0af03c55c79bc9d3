"""`@cache_result` on a service's asynchronous methods."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property, partial, wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar, get_type_hints

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
        results: _Results[R] = _Results(method, name, ttl)

        @wraps(method)
        async def cached(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            held: Cache | None = getattr(self, "cache", None)
            compute = partial(method, self, *args, **kwargs)
            if held is None:
                return await compute()
            return await results.get(held, results.key(args, kwargs), compute)

        return cached

    return decorate


class _Results(Generic[R]):
    """What one method returned, as a cache keeps it."""

    def __init__(self, method: Callable[..., Any], name: str | None, ttl: int | None) -> None:
        signature = inspect.signature(method)
        without_self = list(signature.parameters.values())[1:]
        self._method = method
        self._signature = signature.replace(parameters=without_self)
        self._name = name or key_name(method.__name__)
        self._ttl = ttl

    @cached_property
    def type(self) -> TypeAdapter[R]:
        """Found at the first call: annotations may name classes defined further down."""
        return TypeAdapter(get_type_hints(self._method)["return"])

    def key(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
        return result_key(self._name, self._signature, args, kwargs)

    async def get(self, cache: Cache, key: str, compute: Callable[[], Awaitable[R]]) -> R:
        computed: list[R] = []

        async def as_json() -> bytes:
            computed.append(await compute())
            return self.type.dump_json(computed[-1])

        kept = await cache.remember(key, as_json, ttl=self._ttl)
        if computed:
            return computed[-1]
        try:
            return self.type.validate_json(kept)
        except ValidationError:
            await cache.delete(key)
            return await compute()
