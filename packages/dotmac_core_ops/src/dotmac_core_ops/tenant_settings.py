"""What each tenant can set for itself: declared by the modules, typed, with defaults.

```python
MAX_DOCUMENT_BYTES = TenantSetting("documents.max_bytes", 25_000_000, "Largest document, in bytes.",
                                   minimum=1024, maximum=100_000_000)
Module("customers", …, tenant_settings=(MAX_DOCUMENT_BYTES,))
limit = await setting_of(session, MAX_DOCUMENT_BYTES)
```
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Instant, Json, TenantOwned, clock_of, tenant_of, tenant_unique
from dotmac_core_ops.errors import InvalidError
from dotmac_core_ops.tenants import CoreBase

T = TypeVar("T")
"""One of `bool`, `int`, `Decimal`, `str` and `tuple[str, ...]`."""

_LONGEST_TEXT = 2000
_MOST_TEXTS = 100


class InvalidSettingError(InvalidError):
    """A setting does not exist or cannot have this value; the details say which and why."""

    code = "INVALID_TENANT_SETTING"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}", key=key, reason=reason)


class TenantSettingsRow(TenantOwned, CoreBase):
    """What a tenant has set, by key; what is not in `values` has its default. One row each."""

    __tablename__ = "tenant_settings"
    __table_args__ = (tenant_unique(), sa.CheckConstraint("id = tenant_id", name="own"))

    values: Mapped[dict[str, Any]] = mapped_column("settings", Json)
    version: Mapped[int] = mapped_column(sa.Integer())
    updated_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class TenantSetting(Generic[T]):
    """Something that a tenant can set. Its type is that of `default`; both bounds are included.

    `key` is `<topic>.<name>`, `description` a sentence for the person who sets it. Of a text,
    bounds are its length; of a list of texts, how many there are. A text must match `pattern` as a
    whole; write one that cannot take long, and what it means into the description.
    """

    key: str
    default: T
    description: str
    choices: tuple[str, ...] = ()
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    pattern: str | None = None

    @property
    def kind(self) -> str:
        """`boolean`, `integer`, `number`, `text`, `choice` or `texts`."""
        if isinstance(self.default, bool):
            return "boolean"
        if isinstance(self.default, int):
            return "integer"
        if isinstance(self.default, Decimal):
            return "number"
        if isinstance(self.default, tuple):
            return "texts"
        return "choice" if self.choices else "text"

    def read(self, value: object) -> T:
        """`value`, as it came in JSON, as the setting's type.

        Raises:
            InvalidSettingError: it is not of the type, not a choice, or out of bounds.
        """
        typed = self._typed(value)
        measure: int | Decimal | None = None
        if isinstance(typed, str | tuple):
            measure = len(typed)
        elif isinstance(typed, int | Decimal) and not isinstance(typed, bool):
            measure = typed
        if measure is not None and self.minimum is not None and measure < self.minimum:
            raise InvalidSettingError(self.key, f"At least {self.minimum}.")
        if measure is not None and self.maximum is not None and measure > self.maximum:
            raise InvalidSettingError(self.key, f"At most {self.maximum}.")
        if self.pattern and not re.fullmatch(self.pattern, str(typed)):
            raise InvalidSettingError(self.key, self.description)
        for one in typed if isinstance(typed, tuple) else (typed,):
            if self.choices and one not in self.choices:
                raise InvalidSettingError(self.key, f"One of: {', '.join(self.choices)}.")
        return typed

    def _typed(self, value: object) -> T:
        kind = self.kind
        if kind == "boolean" and isinstance(value, bool):
            return cast("T", value)
        if kind == "integer" and isinstance(value, int) and not isinstance(value, bool):
            return cast("T", value)
        if kind == "number" and isinstance(value, int | float | str | Decimal):
            return cast("T", self._decimal(value))
        if kind in {"text", "choice"} and isinstance(value, str) and len(value) <= _LONGEST_TEXT:
            return cast("T", value.strip())
        if kind == "texts" and isinstance(value, list | tuple) and len(value) <= _MOST_TEXTS:
            texts = tuple(one.strip() for one in value if isinstance(one, str))
            if len(texts) == len(value) and all(len(one) <= _LONGEST_TEXT for one in texts):
                return cast("T", texts)
        raise InvalidSettingError(self.key, f"Needs a value of type {kind}.")

    def _decimal(self, value: float | str | Decimal) -> Decimal:
        try:
            number = Decimal(repr(value) if isinstance(value, float) else value)
        except InvalidOperation as error:
            raise InvalidSettingError(self.key, "Needs a number.") from error
        if isinstance(value, bool) or not number.is_finite():
            raise InvalidSettingError(self.key, "Needs a number.")
        return number


AnySetting = TenantSetting[Any]


@dataclass(frozen=True)
class StoredSettings:
    """What a tenant has set, and how often it was changed (0: never)."""

    values: Mapping[str, Any]
    version: int


async def setting_of(session: AsyncSession, setting: TenantSetting[T]) -> T:
    """The value of `setting` for the session's tenant; its default where nothing was set."""
    row = (await session.execute(sa.select(TenantSettingsRow.values))).one_or_none()
    if row is None or setting.key not in row[0]:
        return setting.default
    return setting.read(row[0][setting.key])


async def stored_settings(session: AsyncSession) -> StoredSettings:
    """What the session's tenant has set."""
    row = await session.scalar(sa.select(TenantSettingsRow))
    return StoredSettings({}, 0) if row is None else StoredSettings(row.values, row.version)


async def change_settings(
    session: AsyncSession,
    known: Iterable[AnySetting],
    changes: Mapping[str, object],
    *,
    check: Callable[[int], None],
) -> StoredSettings:
    """Set what is given; None takes a setting back to its default.

    `check` is called with the present version and refuses a change that starts from another.

    Raises:
        InvalidSettingError: a key that no module knows, or a value that does not fit.
    """
    by_key = {setting.key: setting for setting in known}
    row = await _locked(session, tenant_of(session))
    check(row.version)
    before, after = dict(row.values), dict(row.values)
    for key, value in changes.items():
        setting = by_key.get(key)
        if setting is None:
            raise InvalidSettingError(key, "There is no such setting.")
        if value is None:
            after.pop(key, None)
        else:
            after[key] = _json(setting.read(value))
    if after != before:
        row.values = after
        row.version += 1
        row.updated_at = clock_of(session).now()
        changed = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
        await record(
            session,
            action="tenant.settings_change",
            target=("tenant", row.id),
            before={key: before.get(key) for key in changed},
            after={key: after.get(key) for key in changed},
        )
    return StoredSettings(row.values, row.version)


async def _locked(session: AsyncSession, tenant_id: UUID) -> TenantSettingsRow:
    await session.execute(
        sa.text(
            "INSERT INTO core.tenant_settings (id, settings, version, updated_at) "
            "VALUES (:id, '{}', 0, :now) ON CONFLICT (tenant_id, id) DO NOTHING"
        ),
        {"id": tenant_id, "now": clock_of(session).now()},
    )
    query = sa.select(TenantSettingsRow).with_for_update()
    found = await session.scalar(query.execution_options(populate_existing=True))
    assert found is not None  # it was inserted above if it was not there
    return found


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return list(value) if isinstance(value, tuple) else value
