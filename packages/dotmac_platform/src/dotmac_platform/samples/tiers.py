"""The catalogue of the operator: the tiers that tenants subscribe to."""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import apply_price_list


def tiers_text() -> str:
    """The price list of the tiers, as it is shipped."""
    return (files("dotmac_platform.samples") / "tiers.yaml").read_text("utf-8")


async def publish_tiers(session: AsyncSession) -> int:
    """Publish the tiers in the catalogue of the session's tenant, the operator; how many changes.

    Applied again it changes nothing.
    """
    return len(await apply_price_list(session, tiers_text()))
