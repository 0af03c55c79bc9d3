"""One HTTP application from a list of modules: `create_app(modules, …)`."""

from dotmac_api_gateway.application import PREFIX, Gateway, Lifespan, Pages, create_app

__all__ = ["PREFIX", "Gateway", "Lifespan", "Pages", "create_app"]
