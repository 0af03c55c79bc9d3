"""The tier that a tenant needs for this package."""

from fastapi import Depends

from dotmac_identity import require_tier

NEEDED_TIER = "professional"
"""Tenants of this tier and of higher ones see routes and announcements of this package."""

HasTier = Depends(require_tier(NEEDED_TIER))
"""For a router: answers tenants below that tier with 403 and the tier they need."""
