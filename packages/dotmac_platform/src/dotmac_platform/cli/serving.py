"""Starting things: everything at once, or one part each."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from dotmac_core_events import create_worker
from dotmac_core_ops.health import SERVER_KIND
from dotmac_core_ops.logging import configure_logging
from dotmac_core_ops.principal import Actor, acting_as
from dotmac_core_ops.settings import Settings, load_settings
from dotmac_core_ops.tenants import active_tenants
from dotmac_platform import __version__, http_server
from dotmac_platform.application import build, openapi_document
from dotmac_platform.cli.running import console, notes
from dotmac_platform.modules import MODULES
from dotmac_platform.runtime import Runtime, open_runtime
from dotmac_platform.samples import (
    OPERATOR_EMAIL,
    OPERATOR_SLUG,
    SAMPLE_EMAIL,
    SAMPLE_SLUG,
    create_samples,
    make_password,
    sample_password,
)

_SEEN_AS_LOCALHOST = ("127.0.0.1", "0.0.0.0")  # noqa: S104 (compared with, not listened on)


def up(
    sample: Annotated[
        bool, typer.Option("--sample/--no-sample", help="Fill an empty installation.")
    ] = True,
) -> None:
    """Start everything: PostgreSQL when none is configured, the API and the worker.

    An empty installation gets a sample tenant, an internet provider with 500 customers and two
    years of bills, and the operator to whose Professional tier it subscribes. Stop it with Ctrl-C.

    Example: `PORT=8080 dotmac up`
    """
    settings = load_settings()
    configure_logging(environment=settings.environment, level=settings.log_level)
    uvloop.run(_up(settings, sample=sample))


async def _up(settings: Settings, *, sample: bool) -> None:
    http_server.require_free_port(settings)
    async with open_runtime(settings, upgrade=True) as runtime:
        if sample and not await active_tenants(runtime.database):
            notes.print("Making the sample tenant (500 customers, two years of bills) …")
            with acting_as(Actor("system:sample")):
                password = make_password(settings.dotmac_home)
                await create_samples(runtime.database, password)
        os.environ[SERVER_KIND] = "embedded" if runtime.server else "external"
        children = [_start(runtime, settings, "dotmac_platform", "worker")]
        server = None
        if settings.workers == 1:
            server = http_server.EmbeddedServer(build(settings, runtime.database), settings)
        else:
            children.append(_start(runtime, settings, "dotmac_platform.http_server"))
        await _greet(settings, runtime)
        await _until_one_ends(children, server)


def _start(runtime: Runtime, settings: Settings, *program: str) -> subprocess.Popen[bytes]:
    """A process of its own for `program`: the worker must not hold up the answers of the API."""
    environment = {**os.environ, "DATABASE_URL": runtime.url}
    # The key is generated on a first start; the children must not each make one.
    environment["SECRET_KEY"] = settings.secret_key.get_secret_value()
    return subprocess.Popen([sys.executable, "-m", *program], env=environment)  # noqa: S603 (our own)


async def _greet(settings: Settings, runtime: Runtime) -> None:
    host = settings.host if settings.host not in _SEEN_AS_LOCALHOST else "localhost"
    address = f"http://{host}:{settings.port}"
    console.print(f"\n[bold]DotMac {__version__}[/bold] runs at {address}")
    console.print(f"  API documentation   {address}/docs")
    slugs = {tenant.slug for tenant in await active_tenants(runtime.database)}
    password = sample_password(settings.dotmac_home)
    if SAMPLE_SLUG in slugs and password is not None:
        console.print(f"  Sign in             {SAMPLE_EMAIL} / {password}")
        console.print(f"  Tenant              {SAMPLE_SLUG}")
        if OPERATOR_SLUG in slugs:
            console.print(
                f"  Operator            {OPERATOR_EMAIL}, same password, tenant {OPERATOR_SLUG}"
            )
    console.print("  Stop                Ctrl-C\n")


async def _until_one_ends(
    children: list[subprocess.Popen[bytes]], server: http_server.EmbeddedServer | None
) -> None:
    """Wait for a signal, or for a part to end by itself; then end the others."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    waits = [asyncio.ensure_future(asyncio.to_thread(child.wait)) for child in children]
    parts: set[asyncio.Future[Any]] = {asyncio.ensure_future(stop.wait()), *waits}
    if server is not None:
        parts.add(server.serving)
    _, running = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    for child in children:
        if child.poll() is None:
            child.terminate()
    await asyncio.gather(*waits)
    if server is not None:
        await server.stop()
    if not stop.is_set():
        for part in running:
            part.cancel()
        raise typer.Exit(1)


def serve() -> None:
    """Serve the HTTP API on HOST and PORT, with WORKERS processes.

    Example: `DATABASE_URL=postgresql://… WORKERS=4 dotmac serve`
    """
    http_server.serve(load_settings())


def worker() -> None:
    """Deliver events and run jobs until stopped.

    Example: `dotmac worker`
    """
    settings = load_settings()
    configure_logging(environment=settings.environment, level=settings.log_level)

    async def work() -> None:
        async with open_runtime(settings) as runtime:
            await create_worker(MODULES, runtime.database).run()

    asyncio.run(work())


def openapi(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of printing.")
    ] = None,
) -> None:
    """Print the OpenAPI document of the API.

    Example: `dotmac openapi -o openapi.json`
    """
    document = json.dumps(openapi_document(), indent=2) + "\n"
    if output is None:
        print(document, end="")
    else:
        output.write_text(document)


def version(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Print the version.

    Example: `dotmac version --json`
    """
    print(json.dumps({"version": __version__}) if as_json else __version__)


def add_to(app: typer.Typer) -> None:
    """The commands that stand at the top of the program."""
    for command in (up, serve, worker, openapi, version):
        app.command()(command)
