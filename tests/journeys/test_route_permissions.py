"""Every door of the served application asks for a key, or stands on this list."""

from __future__ import annotations

from dotmac_api_gateway.routing import GatewayRoute
from tests.journeys.site import Site

PUBLIC = {
    **{
        f"/api/v1{door}/auth/{path}": why
        for door in ("", "/portal")
        for path, why in {
            "sign-in": "it is how one becomes known",
            "refresh": "the refresh token in the body says who asks",
            "password/forgotten": "whoever forgot it cannot sign in; all get the same answer",
            "password/reset": "the link's token in the body says who asks",
            "email/confirm": "the link's token in the body says who asks",
            "email/undo": "the link's token in the body says who asks",
            "invitations/accept": "the link's token in the body says who was invited",
        }.items()
    },
    "/docs": "the description of the API, without data",
    "/docs/assets/{name}": "files of the description",
    "/health": "for load balancers",
    "/health/live": "for load balancers",
    "/health/ready": "for load balancers",
    "/metrics": "has a rule of its own: this machine, or the token",
    "/openapi.json": "the description of the API, without data",
    "/redoc": "the description of the API, without data",
}


async def test_nothing_is_served_without_a_requirement(site: Site) -> None:
    open_doors = {
        getattr(route, "path", repr(route))
        for route in site.app.routes
        if not isinstance(route, GatewayRoute) or route.requirement is None
    }

    assert open_doors <= set(PUBLIC)


async def test_no_route_answers_a_stranger_with_data(site: Site) -> None:
    async with site.client(site.first) as client:
        client.headers.pop("Authorization")
        for path, operations in site.app.openapi()["paths"].items():
            for method in operations:
                if path in PUBLIC:
                    continue
                answer = await client.request(method.upper(), path)
                assert answer.status_code == 401, f"{method} {path}"
