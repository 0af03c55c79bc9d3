"""The tables of schema `core`. Importing the models puts them into its metadata."""

from pathlib import Path

from dotmac_core_ops.approvals.models import Approval, ApprovalLimit
from dotmac_core_ops.audit.models import AuditBlock, AuditEntry
from dotmac_core_ops.cache.models import CacheEntry
from dotmac_core_ops.database import Schema
from dotmac_core_ops.domains import DomainRow
from dotmac_core_ops.erasure import ErasureRow
from dotmac_core_ops.files.models import FileRow
from dotmac_core_ops.idempotency.models import IdempotencyKey
from dotmac_core_ops.tenant_settings import TenantSettingsRow
from dotmac_core_ops.tenants import CoreBase, TenantRow

TABLES = (
    *(TenantRow, AuditEntry, AuditBlock, Approval, ApprovalLimit),
    *(CacheEntry, FileRow, IdempotencyKey),
    *(DomainRow, TenantSettingsRow, ErasureRow),
)

SCHEMA = Schema("core", CoreBase.metadata, Path(__file__).parent / "migrations")
