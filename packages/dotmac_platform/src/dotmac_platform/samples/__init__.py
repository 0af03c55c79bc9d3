"""The sample tenant that a new installation starts with."""

from dotmac_platform.samples.service import (
    SAMPLE_EMAIL,
    SAMPLE_SLUG,
    create_sample,
    make_password,
    sample_password,
)

__all__ = ["SAMPLE_EMAIL", "SAMPLE_SLUG", "create_sample", "make_password", "sample_password"]
