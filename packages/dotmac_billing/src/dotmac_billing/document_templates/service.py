"""What can be done with templates of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.documents.errors import (
    InvalidTemplateError,
    TemplateNotFoundError,
    TemplateTakenError,
)
from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.looks import look_of
from dotmac_billing.documents.models import DocumentTemplate
from dotmac_billing.documents.repository import DocumentRepository
from dotmac_billing.documents.sample import sample_document
from dotmac_billing.documents.service import made
from dotmac_billing.documents.style import Paper, Style
from dotmac_billing.documents.templates import TemplateChange, checked_logo
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id


class TemplateService:
    """Templates of the session's tenant; it has at most one default."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._documents = DocumentRepository(session)

    async def all(self) -> Sequence[DocumentTemplate]:
        """Every template by its code."""
        return await self._documents.templates()

    async def get(self, template_id: UUID, *, locked: bool = False) -> DocumentTemplate:
        """One template; with `locked`, nobody else changes it meanwhile.

        Raises:
            TemplateNotFoundError: there is none with this id.
        """
        found = await self._documents.template_by_id(template_id, locked=locked)
        if found is None:
            raise TemplateNotFoundError(str(template_id))
        return found

    async def add(self, wanted: TemplateChange) -> DocumentTemplate:
        """Keep a new template; the first one is the default.

        Raises:
            TemplateTakenError: its code is taken.
            InvalidTemplateError: it cannot be used.
        """
        values = wanted.values()
        await self._free(wanted.code)
        is_first = not await self._documents.templates()
        added = DocumentTemplate(
            id=new_id(),
            **{
                "is_default": False,
                "locale": Style().locale,
                "paper": Paper.A4,
                "accent": Style().accent,
                "shows_payment_code": True,
                "shows_explanations": True,
                "created_at": clock_of(self._session).now(),
                "version": 1,
                **values,
            },
        )
        added.is_default = added.is_default or is_first
        await self._checked(added)
        if added.is_default:
            await self._documents.clear_default()
        self._documents.add(added)
        await self._session.flush()  # its code or default may collide; refuse here, not at the end
        await self._record("add", added, None, values)
        return added

    async def change(self, template: DocumentTemplate, change: TemplateChange) -> DocumentTemplate:
        """Put new values in place; documents made from now on look like that.

        Raises:
            TemplateTakenError: its new code is taken.
            InvalidTemplateError: it cannot be used.
        """
        values = change.values()
        if change.code is not None and change.code != template.code:
            await self._free(change.code)
        if change.is_default and not template.is_default:
            await self._documents.clear_default()
        before = {name: getattr(template, name) for name in values}
        for name, value in values.items():
            setattr(template, name, value)
        await self._checked(template)
        template.version += 1
        await self._record("change", template, before, values)
        return template

    async def put_logo(self, template: DocumentTemplate, picture: bytes | None) -> DocumentTemplate:
        """Put a PNG or JPEG on the page, or None to take it off.

        Raises:
            InvalidTemplateError: it is neither, cannot be read, or is larger than 1 MiB.
        """
        template.logo = None if picture is None else checked_logo(picture)
        await self._checked(template)
        template.version += 1
        size = 0 if picture is None else len(picture)
        await self._record("put_logo", template, None, {"bytes": size})
        return template

    async def remove(self, template: DocumentTemplate) -> None:
        """Forget a template; without a default one documents have the built-in look."""
        await self._documents.remove(template)
        await self._record("remove", template, {"code": template.code}, None)

    async def _free(self, code: str | None) -> None:
        if code is not None and await self._documents.template(code) is not None:
            raise TemplateTakenError(code)

    async def _checked(self, template: DocumentTemplate) -> None:
        """A template that cannot draw the sample is refused now, not when an invoice is due."""
        look = look_of(template)
        if template.html is not None:
            await made(sample_document(), Form.HTML, look, None)
        if template.logo is not None:
            try:
                await made(sample_document(), Form.PDF, look, None)
            except (OSError, SyntaxError, ValueError) as error:
                raise InvalidTemplateError("the logo cannot be read") from error

    async def _record(
        self,
        verb: str,
        template: DocumentTemplate,
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
    ) -> None:
        await record(
            self._session,
            action=f"document_template.{verb}",
            target=("document_template", template.id),
            before=before,
            after=after,
        )
