from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog

from dotmac_core_ops.logging import configure_logging, get_logger, log_context
from dotmac_core_ops.principal import Actor, acting_as

TENANT = UUID("01a1f883-f5ff-7418-bc49-36eeecd331ae")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What production logs; the logging of the test run is put back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logging(environment="production", level="INFO", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def logged(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_production_writes_one_json_object_per_line(lines: io.StringIO) -> None:
    get_logger("billing.run").info("run\nfinished", invoices=3)

    [line] = logged(lines)
    assert line["event"] == "run\nfinished"
    assert (line["level"], line["logger"], line["invoices"]) == ("info", "billing.run", 3)
    assert str(line["timestamp"]).endswith("Z")


def test_every_line_says_for_whom_it_was(lines: io.StringIO) -> None:
    with acting_as(Actor("user:7", "user", "req-1")), log_context(tenant_id="t-1", event_id="e-1"):
        get_logger("x").info("inside")
    with acting_as(Actor("user:7", "user", "req-1", TENANT)):
        get_logger("x").info("in a request")
    get_logger("x").info("outside")

    inside, in_request, outside = logged(lines)
    assert in_request["tenant_id"] == str(TENANT)
    assert (inside["user"], inside["request_id"]) == ("user:7", "req-1")
    assert (inside["tenant_id"], inside["event_id"]) == ("t-1", "e-1")
    assert outside["user"] == "system"
    assert not {"tenant_id", "event_id", "request_id"} & outside.keys()


def test_secrets_and_personal_data_do_not_reach_the_log(lines: io.StringIO) -> None:
    get_logger("x").info("saved", password="hunter2", customer={"email": "ann@example.org"})
    get_logger("x").bind(api_key="hunter2").warning("mail to ann@example.org failed")

    text = lines.getvalue()
    assert len(logged(lines)) == 2
    assert "hunter2" not in text
    assert "ann@example.org" not in text


def test_libraries_log_through_the_same_pipeline(lines: io.StringIO) -> None:
    logging.getLogger("alembic.runtime").warning(
        "cannot reach %s", "postgresql://u:hunter2@db/x", extra={"token": "hunter2"}
    )

    [line] = logged(lines)
    assert line["logger"] == "alembic.runtime"
    assert line["event"] == "cannot reach postgresql://u:[redacted]@db/x"
    assert "hunter2" not in lines.getvalue()


@pytest.mark.parametrize("name", ["uvicorn", "uvicorn.error", "sqlalchemy.engine", "alembic"])
def test_a_library_that_brought_its_own_handler_is_taken_over(name: str) -> None:
    library = logging.getLogger(name)
    library.addHandler(logging.NullHandler())
    library.propagate = False
    stream = io.StringIO()
    root = logging.getLogger()
    handlers = list(root.handlers)

    configure_logging(environment="production", stream=stream)
    library.error("refused")

    root.handlers[:] = handlers
    structlog.reset_defaults()
    assert [line["event"] for line in logged(stream)] == ["refused"]


def test_a_traceback_holds_no_personal_data(lines: io.StringIO) -> None:
    password = "hunter2"
    try:
        int("ann@example.org" * len(password))
    except ValueError:
        get_logger("x").exception("failed")

    [line] = logged(lines)
    assert "ValueError: invalid literal for int()" in str(line["exception"])
    assert "ann@example.org" not in str(line["exception"])
    assert "hunter2" not in str(line["exception"])


def test_lines_below_the_level_are_left_out(lines: io.StringIO) -> None:
    get_logger("x").debug("details")
    logging.getLogger("sqlalchemy.engine.Engine").info("SELECT 1")

    assert lines.getvalue() == ""


def test_configuring_again_does_not_double_the_lines(lines: io.StringIO) -> None:
    second = io.StringIO()
    configure_logging(environment="production", stream=second)

    get_logger("x").info("once")

    assert len(logged(second)) == 1
    assert lines.getvalue() == ""


def test_what_json_cannot_hold_is_still_logged(lines: io.StringIO) -> None:
    get_logger("x").info("odd", huge=2**80, half="\ud800", thing=object())

    assert logged(lines)[0]["huge"] == 2**80


def test_development_is_readable_and_as_clean() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    handlers = list(root.handlers)

    configure_logging(environment="development", level="debug", stream=stream)
    get_logger("x").debug("saved", password="hunter2", invoices=3)

    root.handlers[:] = handlers
    structlog.reset_defaults()
    assert "saved" in stream.getvalue()
    assert "invoices=3" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


def test_a_program_that_configures_nothing_gets_plain_clean_lines(
    caplog: pytest.LogCaptureFixture,
) -> None:
    structlog.reset_defaults()

    get_logger("guest").warning("saved", password="hunter2", invoices=3)

    structlog.reset_defaults()
    assert "saved" in caplog.text
    assert "invoices=3" in caplog.text
    assert "hunter2" not in caplog.text


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        configure_logging(level="LOUD")
