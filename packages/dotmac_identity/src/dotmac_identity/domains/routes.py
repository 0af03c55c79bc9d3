"""HTTP verbs of domains of one's own."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_core_ops.database import Tx
from dotmac_core_ops.domains import DomainRow
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.domains.names import RECORD, proof_of
from dotmac_identity.domains.schemas import DomainIn, DomainOut, DomainRemovedOut
from dotmac_identity.domains.service import DomainService

router = APIRouter(prefix="/tenant/domains", tags=["Tenant"])

Writer = Annotated[Principal, Depends(requires("tenant:write"))]


@router.get("", response_model=Envelope[list[DomainOut]], summary="List domains")
async def list_domains(
    tx: Tx, _: Annotated[Principal, Depends(requires("tenant:read"))]
) -> dict[str, object]:
    """The organisation's own domains, by name, each with the record that proves it."""
    return enveloped([_shown(domain) for domain in await DomainService(tx).all()])


@router.post("", response_model=Envelope[DomainOut], status_code=201, summary="Add a domain")
async def add_domain(body: DomainIn, tx: Tx, _: Writer) -> dict[str, object]:
    """Say that a domain is one's own. Put the record there, then have it verified."""
    return enveloped(_shown(await DomainService(tx).add(body.name)))


@router.post("/{domain_id}/verify", response_model=Envelope[DomainOut], summary="Verify a domain")
async def verify_domain(domain_id: UUID, tx: Tx, _: Writer) -> dict[str, object]:
    """Look for the TXT record. From then on one signs in with the domain's name."""
    return enveloped(_shown(await DomainService(tx).prove(domain_id)))


@router.delete("/{domain_id}", response_model=Envelope[DomainRemovedOut], summary="Remove a domain")
async def remove_domain(domain_id: UUID, tx: Tx, _: Writer) -> dict[str, object]:
    """Give a domain up: it leads nowhere any more."""
    await DomainService(tx).remove(domain_id)
    return enveloped({"removed": True})


def _shown(domain: DomainRow) -> dict[str, object]:
    return {
        "id": domain.id,
        "name": domain.name,
        "record": f"{RECORD}.{domain.name}",
        "value": proof_of(domain.token),
        "verified_at": domain.verified_at,
        "is_primary": domain.is_primary,
        "created_at": domain.created_at,
    }
