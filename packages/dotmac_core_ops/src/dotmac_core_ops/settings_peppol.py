"""The settings of the access point that carries documents into the Peppol network."""

from pydantic import BaseModel, Field, SecretStr
from pydantic.config import JsonDict

_OUTSIDE: JsonDict = {"group": "External services"}


class PeppolSettings(BaseModel):
    """What `Settings` says about the access point."""

    storecove_api_key: SecretStr | None = Field(
        None,
        description="Storecove's API key: the Peppol access point of tenants that have a sender.",
        json_schema_extra=_OUTSIDE,
    )
    storecove_url: str = Field(
        "https://api.storecove.com/api/v2",
        pattern=r"^https?://",
        description="Storecove, with the version of its API.",
        json_schema_extra=_OUTSIDE,
    )
