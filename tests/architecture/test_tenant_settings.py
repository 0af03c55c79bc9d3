"""What tenants can set is declared once, and makes sense as it is declared."""

from __future__ import annotations

from collections import Counter

from dotmac_platform.modules import MODULES

SETTINGS = [setting for module in MODULES for setting in module.tenant_settings]


def test_every_setting_has_a_key_of_its_own() -> None:
    assert [key for key, times in Counter(one.key for one in SETTINGS).items() if times > 1] == []


def test_every_default_could_be_set() -> None:
    assert len(SETTINGS) > 5
    assert [one.key for one in SETTINGS if one.read(one.default) != one.default] == []
