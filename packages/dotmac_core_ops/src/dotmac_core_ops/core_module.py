"""What the platform's foundation brings to an application: its jobs, permissions and figures."""

from __future__ import annotations

from dotmac_core_ops.audit import seal_audit
from dotmac_core_ops.audit.routes import router as _audit
from dotmac_core_ops.cache import purge_cache
from dotmac_core_ops.files import sweep_job
from dotmac_core_ops.idempotency import expire_keys
from dotmac_core_ops.metrics import refresh_pool
from dotmac_core_ops.module import Module, Permission

module = Module(
    name="core",
    routers=(_audit,),
    jobs=(seal_audit, expire_keys, purge_cache, sweep_job()),
    permissions=(
        Permission("audit:read", "See who did what, and check the audit log's seals."),
        Permission("audit:export", "Take the audit log away as a file."),
    ),
    metrics=(refresh_pool,),
)
