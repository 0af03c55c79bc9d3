"""Reacting to events: a function, the event it listens to, and a name to remember it by."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.event import Event, check_name, event_class
from dotmac_core_ops.module import Handler, Module

Reaction = Callable[..., Awaitable[None]]


class EventConsumer:
    """Makes handlers out of functions; a module lists them in its `handlers`.

    ```python
    @EventConsumer.handle("billing.invoice_issued")
    async def on_issued(event: InvoiceIssued, session: AsyncSession) -> None: ...
    ```
    """

    @staticmethod
    def handle(
        event: str, *, name: str | None = None, batch: bool = False, inline: bool = False
    ) -> Callable[[Reaction], Handler]:
        """A decorator: the function becomes a `Handler` of `event`.

        The function takes the event, or with `batch` a sequence of events of one tenant in the
        order they were announced, and optionally the session of its transaction. The payload is
        parsed as its annotation says. `name` (by default the function's module and name) is what
        deliveries are remembered under: renaming a handler lets it see unfinished events again.

        Raises:
            EventNameError: no event can have this name.
            TypeError: the function's signature is none of these.
        """
        check_name(event)

        def decorate(function: Reaction) -> Handler:
            if not inspect.iscoroutinefunction(function):
                raise TypeError(f"{function!r} must be an async function.")
            parameters = _positional(function)
            payload = _payload_type(function, parameters[0], event, batch=batch)
            return Handler(
                event=event,
                name=name or f"{function.__module__}.{function.__qualname__}",
                payload=payload,
                call=_caller(function, batch=batch, takes_session=len(parameters) == 2),  # noqa: PLR2004 - event and session
                batch=batch,
                inline=inline,
            )

        return decorate


def inline_handlers(modules: Sequence[Module]) -> Mapping[str, Sequence[Handler]]:
    """The modules' handlers that run in the announcer's transaction, by event."""
    return by_event(handler for module in modules for handler in module.handlers if handler.inline)


def deferred_handlers(modules: Sequence[Module]) -> Mapping[str, Sequence[Handler]]:
    """The modules' handlers that the worker runs, by event."""
    return by_event(
        handler for module in modules for handler in module.handlers if not handler.inline
    )


def by_event(handlers: Iterable[Handler]) -> Mapping[str, Sequence[Handler]]:
    """The handlers of each event, in the order given.

    Raises:
        ValueError: two handlers have one name; each would take the other's deliveries for its own.
    """
    found: dict[str, list[Handler]] = {}
    names: set[tuple[str, str]] = set()
    for handler in handlers:
        if (handler.event, handler.name) in names:
            raise ValueError(f"Two handlers of {handler.event} are called {handler.name!r}.")
        names.add((handler.event, handler.name))
        found.setdefault(handler.event, []).append(handler)
    return found


def _positional(function: Reaction) -> list[inspect.Parameter]:
    parameters = list(inspect.signature(function).parameters.values())
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len(parameters) not in (1, 2) or any(p.kind not in plain for p in parameters):
        raise TypeError(f"{function!r} must take the event and, if it wants, the session.")
    return parameters


def _payload_type(
    function: Reaction, parameter: inspect.Parameter, event: str, *, batch: bool
) -> type[Any]:
    try:
        annotation = get_type_hints(function).get(parameter.name)
    except NameError:  # a class that only exists inside another function
        annotation = None
    if annotation is None:
        return event_class(event) or dict
    if batch:
        if not issubclass(get_origin(annotation) or object, Sequence):
            raise TypeError(f"{function!r} handles batches, so it must take a Sequence of events.")
        annotation = get_args(annotation)[0]
    return _checked(function, annotation, event)


def _checked(function: Reaction, annotation: Any, event: str) -> type[Any]:  # noqa: ANN401 - any annotation
    if (get_origin(annotation) or annotation) in (dict, Mapping):
        return dict
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        raise TypeError(f"{function!r} must take an event, a Pydantic model or a mapping.")
    if issubclass(annotation, Event) and annotation.name not in ("", event):
        raise TypeError(f"{function!r} handles {event!r} but takes {annotation.__name__}.")
    return annotation


def _caller(
    function: Reaction, *, batch: bool, takes_session: bool
) -> Callable[[Sequence[Any], AsyncSession], Awaitable[None]]:
    async def call(events: Sequence[Any], session: AsyncSession) -> None:
        rest = (session,) if takes_session else ()
        if batch:
            await function(events, *rest)
            return
        for event in events:
            await function(event, *rest)

    return call
