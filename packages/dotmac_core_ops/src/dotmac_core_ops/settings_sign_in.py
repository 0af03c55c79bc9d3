"""The settings of sessions."""

from pydantic import BaseModel, Field
from pydantic.config import JsonDict

_SIGN_IN: JsonDict = {"group": "Sign-in"}


class SignInSettings(BaseModel):
    """What `Settings` says about how long somebody stays signed in."""

    access_token_minutes: int = Field(
        15, ge=1, le=1440, description="Life of an access token.", json_schema_extra=_SIGN_IN
    )
    refresh_token_days: int = Field(
        30, ge=1, le=365, description="Life of a refresh token.", json_schema_extra=_SIGN_IN
    )
