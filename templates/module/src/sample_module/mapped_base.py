"""The mapped base of schema `sample_label`."""

from sqlalchemy.orm import DeclarativeBase

from dotmac_core_ops.database import tenant_metadata


class SampleBase(DeclarativeBase):
    """Every table of this package."""

    metadata = tenant_metadata("sample_label")
