"""What can be done with custom fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.module import FieldEntity, Module
from dotmac_identity.custom_fields.checking import checked_values
from dotmac_identity.custom_fields.errors import (
    CustomFieldNotFoundError,
    FieldInUseError,
    FieldKeyTakenError,
    FieldOrderError,
    InvalidCustomFieldsError,
    InvalidFieldDefinitionError,
    TooManyFieldsError,
    UnknownEntityError,
)
from dotmac_identity.custom_fields.events import CustomFieldChanged
from dotmac_identity.custom_fields.fields import (
    FieldDefinition,
    NewField,
    checked_bounds,
    checked_key,
    checked_options,
    checked_pattern,
)
from dotmac_identity.custom_fields.models import CustomField
from dotmac_identity.custom_fields.repository import CustomFieldRepository

MOST_FIELDS = 100
"""Fields of an entity that are not archived, at most."""

Entities = Mapping[str, FieldEntity]


def field_entities(modules: Iterable[Module]) -> Entities:
    """What may have custom fields, by name, as the installed modules say."""
    return {entity.name: entity for module in modules for entity in module.field_entities}


async def custom_fields_of(
    session: AsyncSession, entity: str, *, for_writing: bool = False
) -> tuple[FieldDefinition, ...]:
    """The fields of `entity` in their order, without archived ones; none for an unknown entity.

    Ask `for_writing` before values are written: until the transaction ends the definitions stay as
    they were read. Who writes values waits for nobody else who does.
    """
    found = await CustomFieldRepository(session).of_entity(entity, for_share=for_writing)
    return tuple(field.definition() for field in found)


class CustomFieldService:
    """The custom fields of the session's tenant."""

    def __init__(
        self, session: AsyncSession, fields: CustomFieldRepository, entities: Entities
    ) -> None:
        self._session = session
        self._fields = fields
        self._entities = entities

    @classmethod
    def within(cls, session: AsyncSession, entities: Entities) -> CustomFieldService:
        """The service in the caller's transaction."""
        return cls(session, CustomFieldRepository(session), entities)

    async def define(self, entity: str, new: NewField) -> FieldDefinition:
        """Add a field, after those that are there.

        Raises:
            UnknownEntityError: nothing of this name has custom fields.
            InvalidFieldDefinitionError: the definition makes no sense, or its default does not fit.
            FieldKeyTakenError: the entity has a field of this key.
            TooManyFieldsError: it has a hundred already.
        """
        self._entity(entity)
        present = await self._fields.of_entity(entity)
        if len(present) >= MOST_FIELDS:
            raise TooManyFieldsError(MOST_FIELDS)
        now = clock_of(self._session).now()
        field = CustomField(
            id=new_id(),
            entity=entity,
            key=checked_key(new.key),
            position=max((one.position for one in present), default=0) + 1,
            version=1,
            created_at=now,
            updated_at=now,
        )
        _define(field, new)
        try:
            async with self._session.begin_nested():
                self._fields.add(field)
        except IntegrityError as error:
            raise FieldKeyTakenError(entity, new.key) from error
        await self._tell("define", field, after=_facts(field))
        return field.definition()

    async def all(
        self, entity: str | None = None, *, archived: bool = False
    ) -> list[FieldDefinition]:
        """The fields of one entity or of all of them, in their order."""
        found = await self._fields.of_entity(entity, archived=archived)
        return [field.definition() for field in found]

    async def by_id(self, field_id: UUID) -> FieldDefinition:
        """The field.

        Raises:
            CustomFieldNotFoundError: the tenant has no such field.
        """
        return (await self._load(field_id)).definition()

    async def change(
        self, field_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> FieldDefinition:
        """Change what is given; entity and key stay. Values that are there are not looked at anew.

        `check` is called with the present version and refuses a change that starts from another.

        Raises:
            FieldInUseError: another type, while there are values.
            InvalidFieldDefinitionError: the definition would make no sense.
        """
        field = await self._load(field_id, for_update=True)
        check(field.version)
        before = _facts(field)
        wanted = replace(_as_new(field), **changes)
        if wanted.type is not field.type:
            entity = self._entity(field.entity)
            if await entity.has_values(self._session, field.key):
                raise FieldInUseError(field.entity, field.key)
        _define(field, wanted)
        after = _facts(field)
        if before != after:
            field.changed(clock_of(self._session).now())
            changed = [name for name in after if before[name] != after[name]]
            await self._tell(
                "change",
                field,
                before={name: before[name] for name in changed},
                after={name: after[name] for name in changed},
            )
        return field.definition()

    async def archive(self, field_id: UUID) -> FieldDefinition:
        """Ask for the field no more; its values stay. Nothing, if it is so already."""
        field = await self._load(field_id, for_update=True)
        if field.archived_at is None:
            field.archived_at = clock_of(self._session).now()
            field.changed(field.archived_at)
            await self._tell("archive", field)
        return field.definition()

    async def restore(self, field_id: UUID) -> FieldDefinition:
        """Ask for an archived field again; nothing, if it is not archived."""
        field = await self._load(field_id, for_update=True)
        if field.archived_at is not None:
            field.archived_at = None
            field.changed(clock_of(self._session).now())
            await self._tell("restore", field)
        return field.definition()

    async def order(self, entity: str, field_ids: Sequence[UUID]) -> list[FieldDefinition]:
        """Put the fields of `entity` into this order.

        Raises:
            FieldOrderError: not each field exactly once.
        """
        found = await self._fields.of_entity(entity, for_update=True)
        by_id = {field.id: field for field in found}
        if len(field_ids) != len(by_id) or set(field_ids) != set(by_id):
            raise FieldOrderError(entity)
        now = clock_of(self._session).now()
        for position, field_id in enumerate(field_ids, start=1):
            field = by_id[field_id]
            if field.position != position:
                field.position = position
                field.changed(now)
        await record(
            self._session,
            action="identity.custom_fields_order",
            target=("custom_fields", entity),
            after={"keys": [by_id[field_id].key for field_id in field_ids]},
        )
        return [by_id[field_id].definition() for field_id in field_ids]

    def _entity(self, name: str) -> FieldEntity:
        entity = self._entities.get(name)
        if entity is None:
            raise UnknownEntityError(name, sorted(self._entities))
        return entity

    async def _load(self, field_id: UUID, *, for_update: bool = False) -> CustomField:
        field = await self._fields.by_id(field_id, for_update=for_update)
        if field is None:
            raise CustomFieldNotFoundError(field_id)
        return field

    async def _tell(
        self,
        action: str,
        field: CustomField,
        *,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        await EventPublisher(self._session).publish(
            CustomFieldChanged(
                field_id=field.id,
                entity=field.entity,
                key=field.key,
                is_searchable=field.is_searchable,
                is_archived=field.archived_at is not None,
            )
        )
        await record(
            self._session,
            action=f"identity.custom_field_{action}",
            target=("custom_field", field.id),
            before=before,
            after=after,
        )


def _define(field: CustomField, wanted: NewField) -> None:
    """Make `field` what is wanted, if that makes sense."""
    checked_bounds(wanted.type, wanted.minimum, wanted.maximum)
    field.label = wanted.label.strip() or field.key
    field.type = wanted.type
    field.help = wanted.help
    field.is_required = wanted.is_required
    field.options = list(checked_options(wanted.type, wanted.options))
    field.pattern = checked_pattern(wanted.type, wanted.pattern)
    field.minimum, field.maximum = wanted.minimum, wanted.maximum
    field.is_searchable = wanted.is_searchable
    field.is_portal_visible = wanted.is_portal_visible
    field.default = None
    if wanted.default is not None:
        field.default = _checked_default(field, wanted.default)


def _checked_default(field: CustomField, default: object) -> object:
    try:
        checked = checked_values([field.definition()], {field.key: default}, partial=True)
    except InvalidCustomFieldsError as error:
        raise InvalidFieldDefinitionError("default", error.problems[0].message) from error
    return checked[field.key]


def _as_new(field: CustomField) -> NewField:
    facts = _facts(field)
    return NewField(key=field.key, **{**facts, "options": tuple(field.options)})


def _facts(field: CustomField) -> dict[str, Any]:
    return {
        "label": field.label,
        "type": field.type,
        "help": field.help,
        "is_required": field.is_required,
        "options": list(field.options),
        "pattern": field.pattern,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "default": field.default,
        "is_searchable": field.is_searchable,
        "is_portal_visible": field.is_portal_visible,
    }
