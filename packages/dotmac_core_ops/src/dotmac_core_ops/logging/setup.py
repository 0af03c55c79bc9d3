"""One pipeline for all logs, ours and those of the libraries."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from dotmac_core_ops.logging.redaction import mask_text, redact
from dotmac_core_ops.principal import current_actor

Logger = FilteringBoundLogger
"""What `get_logger` returns: `.info("sentence", key=value)`, and `.bind(key=value)`."""

# Keys that the pipeline itself writes; none of them can hold what a caller passed in.
_OWN_KEYS = frozenset({"level", "timestamp", "logger", "tenant_id", "request_id", "event_id"})

# They would repeat what our own access log says, or log personal data at INFO.
_QUIET = {
    "uvicorn.access": logging.WARNING,
    "sqlalchemy.engine": logging.WARNING,
    "sqlalchemy.pool": logging.WARNING,
    "botocore": logging.WARNING,
    "urllib3": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
}


def get_logger(name: str) -> Logger:
    """A logger that names `name` (pass `__name__`) in every line."""
    if not structlog.is_configured():
        _configure_for_guests()
    return cast("Logger", structlog.get_logger(name))


@contextmanager
def log_context(**ids: object) -> Iterator[None]:
    """Add `ids` (tenant_id, event_id, job, …) to every line logged inside the block.

    `user`, `request_id` and, in requests, `tenant_id` come by themselves, from `current_actor()`.
    """
    texts = {key: value if isinstance(value, int) else str(value) for key, value in ids.items()}
    with structlog.contextvars.bound_contextvars(**texts):
        yield


def configure_logging(
    *, environment: str = "development", level: str = "INFO", stream: IO[str] | None = None
) -> None:
    """Send all logs, also those of libraries, to `stream` (standard error).

    One JSON object per line in `production`; readable, coloured on a terminal, elsewhere. May be
    called again; the last call holds.
    """
    target = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_GATHERING,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_GATHERING, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(environment, colors=target.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(_number(level))
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(("uvicorn", "granian", "sqlalchemy", "alembic", "_granian")):
            # Servers install handlers of their own before they call us.
            library = logging.getLogger(name)
            library.handlers.clear()
            library.propagate = True
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, _number(level)))


def add_actor(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Say who acts, in which request and for which tenant."""
    actor = current_actor()
    event.setdefault("user", actor.name)
    if actor.request_id is not None:
        event.setdefault("request_id", actor.request_id)
    if actor.tenant_id is not None:
        event.setdefault("tenant_id", str(actor.tenant_id))
    if actor.impersonated_by is not None:
        event.setdefault("impersonated_by", actor.impersonated_by)
    return event


def remove_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Take secrets and personal data out, whoever logged them."""
    for key, value in event.items():
        if key not in _OWN_KEYS:
            event[key] = redact(value, key)
    return event


_GATHERING: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    add_actor,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _configure_for_guests() -> None:
    """Hand plain lines to the standard library's logging: a program that embeds us has its own."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            add_actor,
            structlog.processors.format_exc_info,
            remove_secrets,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _rendering(environment: str, *, colors: bool) -> list[Processor]:
    if environment == "production":
        return [structlog.processors.format_exc_info, remove_secrets, _json]
    return [
        remove_secrets,
        structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=_plain),
    ]


def _plain(stream: IO[str], exc_info: structlog.typing.ExcInfo) -> None:
    """A traceback without the values of local variables, which may be anything."""
    stream.write("\n" + mask_text(structlog.processors.format_exc_info.format_exception(exc_info)))


def _json(_: WrappedLogger, __: str, event: EventDict) -> str:
    try:
        return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:  # a lone surrogate or a very long integer: a log line may be odd
        return json.dumps(event, default=str, skipkeys=True)


def _number(level: str) -> int:
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"{level!r} is not a log level.")
    return number
