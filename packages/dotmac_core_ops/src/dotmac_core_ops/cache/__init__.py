"""Results kept for a while, inside their tenant, in PostgreSQL or Redis.

`store = open_cache(database, redis_url=…)` once per process; a service gets
`store.of(tenant_id).within(session)` as its `self.cache`.
"""

from dotmac_core_ops.cache.decorator import cache_result
from dotmac_core_ops.cache.jobs import purge_cache
from dotmac_core_ops.cache.store import (
    Cache,
    CacheStore,
    TenantCache,
    TransactionCache,
    open_cache,
)

__all__ = [
    "Cache",
    "CacheStore",
    "TenantCache",
    "TransactionCache",
    "cache_result",
    "open_cache",
    "purge_cache",
]
