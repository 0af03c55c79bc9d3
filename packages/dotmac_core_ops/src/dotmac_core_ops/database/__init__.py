"""The database: connections, tenancy, bulk writes, migrations."""

from dotmac_core_ops.database.bulk import copy_rows, driver_connection
from dotmac_core_ops.database.bulk_tables import (
    StagedTables,
    TableRows,
    copy_tables,
    insert_staged,
    stage_tables,
)
from dotmac_core_ops.database.dependency import (
    Db,
    Tx,
    get_database,
    get_db_session,
    open_transaction,
)
from dotmac_core_ops.database.engine import (
    Database,
    PooledConnection,
    RawConnection,
    TenantNotBoundError,
    bind_tenant,
    clock_of,
    public_url_of,
    sqlstate,
    tenant_of,
)
from dotmac_core_ops.database.ids import new_id, new_ids
from dotmac_core_ops.database.migrate import (
    MigrationStatus,
    check_models,
    migrate,
    migrate_down,
    migration_status,
    schemas,
)
from dotmac_core_ops.database.migration import (
    APP as APP_ROLE,
)
from dotmac_core_ops.database.migration import (
    OWNER as OWNER_ROLE,
)
from dotmac_core_ops.database.migration import (
    allow_relay,
    append_only,
    create_schema,
    drop_schema,
    isolate_tenants,
    tenant_columns,
)
from dotmac_core_ops.database.tenancy import (
    Base,
    Schema,
    TenantOwned,
    tenant_foreign_key,
    tenant_index,
    tenant_metadata,
    tenant_unique,
)
from dotmac_core_ops.database.types import (
    Instant,
    Json,
    MoneyAmount,
    Quantity,
    UnitPrice,
    enum_type,
)

__all__ = [
    "APP_ROLE",
    "OWNER_ROLE",
    "Base",
    "Database",
    "Db",
    "Instant",
    "Json",
    "MigrationStatus",
    "MoneyAmount",
    "PooledConnection",
    "Quantity",
    "RawConnection",
    "Schema",
    "StagedTables",
    "TableRows",
    "TenantNotBoundError",
    "TenantOwned",
    "Tx",
    "UnitPrice",
    "allow_relay",
    "append_only",
    "bind_tenant",
    "check_models",
    "clock_of",
    "copy_rows",
    "copy_tables",
    "create_schema",
    "driver_connection",
    "drop_schema",
    "enum_type",
    "get_database",
    "get_db_session",
    "insert_staged",
    "isolate_tenants",
    "migrate",
    "migrate_down",
    "migration_status",
    "new_id",
    "new_ids",
    "open_transaction",
    "public_url_of",
    "schemas",
    "sqlstate",
    "stage_tables",
    "tenant_columns",
    "tenant_foreign_key",
    "tenant_index",
    "tenant_metadata",
    "tenant_of",
    "tenant_unique",
]
