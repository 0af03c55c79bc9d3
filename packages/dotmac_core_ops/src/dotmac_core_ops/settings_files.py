"""The settings of what looks through uploaded files."""

from pydantic import BaseModel, Field
from pydantic.config import JsonDict

_FILES: JsonDict = {"group": "Files"}


class FileSettings(BaseModel):
    """What `Settings` says about looking through uploads."""

    clamav_address: str | None = Field(
        None,
        pattern=r"^(unix:/.+|[^\s:/]+:\d{1,5})$",
        description="Where ClamAV's `clamd` listens: `host:3310` or `unix:/run/clamav/clamd.ctl`. "
        "Not set: uploads are not looked through for viruses.",
        json_schema_extra=_FILES,
    )
