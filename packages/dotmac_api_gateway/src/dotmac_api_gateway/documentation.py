"""`/docs`, `/redoc` and `/openapi.json`, without anything from another host."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Literal

import fastapi_offline
from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse, HTMLResponse

from dotmac_core_ops.http import dump_json, raw_json

# The package is only taken for the built files of Swagger UI and ReDoc that it carries.
_ASSETS = Path(fastapi_offline.__file__).parent / "static"

_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}

_START_SWAGGER = """\
SwaggerUIBundle({
  url: "openapi.json", dom_id: "#docs", deepLinking: true, displayRequestDuration: true,
  persistAuthorization: false, presets: [SwaggerUIBundle.presets.apis], validatorUrl: null
});
"""
_START_REDOC = """\
Redoc.init("openapi.json", {disableSearch: false}, document.getElementById("docs"));
"""
_START = {"start-swagger.js": _START_SWAGGER, "start-redoc.js": _START_REDOC}

router = APIRouter(include_in_schema=False)

Asset = Literal[
    "favicon.png",
    "redoc.standalone.js",
    "start-redoc.js",
    "start-swagger.js",
    "swagger-ui-bundle.js",
    "swagger-ui.css",
]


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The description of the API, for programs."""
    return raw_json(dump_json(request.app.openapi()))


@router.get("/docs")
async def swagger(request: Request) -> Response:
    """The API to read and to try."""
    style = '<link rel="stylesheet" href="docs/assets/swagger-ui.css">'
    return _page(request, style, "swagger-ui-bundle.js", "start-swagger.js")


@router.get("/redoc")
async def redoc(request: Request) -> Response:
    """The API to read."""
    return _page(request, "", "redoc.standalone.js", "start-redoc.js")


@router.get("/docs/assets/{name}")
async def asset(name: Asset) -> Response:
    """A file of the two pages above."""
    if name in _START:
        return Response(_START[name], media_type="text/javascript", headers=_FOR_A_DAY)
    return FileResponse(_ASSETS / name, headers=_FOR_A_DAY)


def _page(request: Request, head: str, *scripts: str) -> Response:
    title = escape(request.app.title)
    tags = "".join(f'<script src="docs/assets/{script}"></script>' for script in scripts)
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="docs/assets/favicon.png">{head}</head>'
        f'<body style="margin:0"><main id="docs"></main>{tags}</body></html>',
        headers={"Content-Security-Policy": _CONTENT_SECURITY_POLICY},
    )
