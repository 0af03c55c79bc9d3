"""HTTP shapes of signing in by a provider."""

from __future__ import annotations

from pydantic import Field, SecretStr

from dotmac_core_ops.http import RequestModel


class FinishIn(RequestModel):
    """The code that stood after `#code=` in the address of the app's page."""

    code: SecretStr = Field(
        max_length=200, examples=["dmo_0192f0c15e7a7000800000000000000a_" + "A" * 43]
    )
    device_token: str | None = Field(
        None,
        max_length=200,
        description="What a remembered device was given; it is asked for no second factor.",
    )
