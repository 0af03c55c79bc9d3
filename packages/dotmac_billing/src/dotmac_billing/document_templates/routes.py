"""`/document-templates`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.document_templates.service import TemplateService
from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.models import DocumentTemplate
from dotmac_billing.documents.routes import BINARY, PDF, sent
from dotmac_billing.documents.schemas import NewTemplateIn, TemplateIn, TemplateOut
from dotmac_billing.documents.service import DocumentService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires

templates_router = APIRouter(prefix="/document-templates", tags=["Document templates"])

Reader = Annotated[Principal, Depends(requires("billing:read"))]
Writer = Annotated[Principal, Depends(requires("billing:write"))]


@templates_router.get(
    "", summary="List document templates", response_model=Envelope[list[TemplateOut]]
)
async def list_document_templates(tx: Tx, _: Reader) -> dict[str, Any]:
    """All looks of documents by their codes."""
    return enveloped([_shown(template) for template in await TemplateService(tx).all()])


@templates_router.post(
    "",
    status_code=201,
    summary="Add a document template",
    response_model=Envelope[TemplateOut],
)
async def add_document_template(body: NewTemplateIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """A look of documents; the first one is the default, a new default takes the place of the old.

    A Jinja template in `html` gets `view`, `accent`, `paper`, `logo` and `code`. It may show and
    repeat, but neither compute nor include.
    """
    return enveloped(_shown(await TemplateService(tx).add(body.wanted())))


@templates_router.get(
    "/{template_id}", summary="Read a document template", response_model=Envelope[TemplateOut]
)
async def read_document_template(
    template_id: UUID, tx: Tx, response: Response, _: Reader
) -> dict[str, Any]:
    """One look of documents."""
    template = await TemplateService(tx).get(template_id)
    response.headers["etag"] = etag_of(template.version)
    return enveloped(_shown(template))


@templates_router.patch(
    "/{template_id}", summary="Change a document template", response_model=Envelope[TemplateOut]
)
async def change_document_template(
    *,
    template_id: UUID,
    body: TemplateIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Needs `If-Match` with the version that was read. Documents made from now on look like it."""
    service = TemplateService(tx)
    template = await service.get(template_id, locked=True)
    require_match(request, template.version)
    changed = await service.change(template, body.wanted())
    response.headers["etag"] = etag_of(changed.version)
    return enveloped(_shown(changed))


@templates_router.delete("/{template_id}", status_code=204, summary="Remove a document template")
async def remove_document_template(template_id: UUID, tx: Tx, _: Writer) -> None:
    """Forget it; where no other is the default, documents have the built-in look again."""
    service = TemplateService(tx)
    await service.remove(await service.get(template_id, locked=True))


@templates_router.put(
    "/{template_id}/logo",
    summary="Put a logo on documents",
    response_model=Envelope[TemplateOut],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"image/png": BINARY, "image/jpeg": BINARY},
        }
    },
)
async def put_document_logo(
    template_id: UUID, tx: Tx, request: Request, _: Writer
) -> dict[str, Any]:
    """The body is the picture itself: PNG or JPEG, at most 1 MiB. It is shown on white."""
    service = TemplateService(tx)
    template = await service.get(template_id, locked=True)
    return enveloped(_shown(await service.put_logo(template, await request.body())))


@templates_router.delete(
    "/{template_id}/logo",
    summary="Take the logo off documents",
    response_model=Envelope[TemplateOut],
)
async def remove_document_logo(template_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Documents bear the seller's name instead."""
    service = TemplateService(tx)
    template = await service.get(template_id, locked=True)
    return enveloped(_shown(await service.put_logo(template, None)))


@templates_router.get(
    "/{template_id}/preview",
    summary="Look at a document template",
    response_class=Response,
    responses=PDF,
)
async def preview_document_template(
    *,
    template_id: UUID,
    tx: Tx,
    request: Request,
    _: Reader,
    form: Annotated[Form, Query()] = Form.PDF,
) -> Response:
    """A sample invoice with tiers, a discount and two rates of tax, in this look."""
    return sent(await DocumentService(tx).preview(template_id, form), request)


def _shown(template: DocumentTemplate) -> dict[str, Any]:
    shown = {
        name: getattr(template, name) for name in TemplateOut.model_fields if name != "has_logo"
    }
    return {**shown, "has_logo": template.logo is not None}
