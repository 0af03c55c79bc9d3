"""HTTP verbs of the settings of a tenant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_core_ops.tenant_settings import (
    AnySetting,
    StoredSettings,
    change_settings,
    stored_settings,
)
from dotmac_identity.preferences.schemas import TenantSettingOut, TenantSettingsIn

router = APIRouter(prefix="/tenant/settings", tags=["Tenant"])


def known_settings(request: Request) -> Sequence[AnySetting]:
    """What can be set in the application that serves `request`, by key."""
    modules = request.app.state.modules
    found = [setting for module in modules for setting in module.tenant_settings]
    return sorted(found, key=lambda setting: setting.key)


Known = Annotated[Sequence[AnySetting], Depends(known_settings)]


@router.get("", response_model=Envelope[list[TenantSettingOut]], summary="Read the settings")
async def read_settings(
    tx: Tx,
    response: Response,
    _: Annotated[Principal, Depends(requires("tenant:read"))],
    known: Known,
) -> dict[str, object]:
    """Everything that the organisation can set, with its present value and its default."""
    stored = await stored_settings(tx)
    response.headers["etag"] = etag_of(stored.version)
    return enveloped(_shown(known, stored))


@router.patch("", response_model=Envelope[list[TenantSettingOut]], summary="Change settings")
async def change_tenant_settings(
    body: TenantSettingsIn,
    *,
    tx: Tx,
    request: Request,
    response: Response,
    _: Annotated[Principal, Depends(requires("tenant:write"))],
    known: Known,
) -> dict[str, object]:
    """Set what is given, all or nothing; null takes a setting back. Needs `If-Match`."""
    stored = await change_settings(tx, known, body.values, check=partial(require_match, request))
    response.headers["etag"] = etag_of(stored.version)
    return enveloped(_shown(known, stored))


def _shown(known: Sequence[AnySetting], stored: StoredSettings) -> list[dict[str, object]]:
    return [
        {
            "key": setting.key,
            "kind": setting.kind,
            "description": setting.description,
            "value": stored.values.get(setting.key, setting.default),
            "default": setting.default,
            "is_set": setting.key in stored.values,
            "choices": list(setting.choices),
            "minimum": None if setting.minimum is None else str(setting.minimum),
            "pattern": setting.pattern,
            "maximum": None if setting.maximum is None else str(setting.maximum),
        }
        for setting in known
    ]
