"""What a new installation starts with: the operator, and a sample tenant that is its client."""

from dotmac_platform.samples.operator import (
    OPERATOR_EMAIL,
    OPERATOR_SLUG,
    create_samples,
    sell_tier,
)
from dotmac_platform.samples.service import (
    SAMPLE_EMAIL,
    SAMPLE_SLUG,
    create_sample,
    make_password,
    sample_password,
)

__all__ = [
    "OPERATOR_EMAIL",
    "OPERATOR_SLUG",
    "SAMPLE_EMAIL",
    "SAMPLE_SLUG",
    "create_sample",
    "create_samples",
    "make_password",
    "sample_password",
    "sell_tier",
]
