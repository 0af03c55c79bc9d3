"""The rights that this package asks for."""

from __future__ import annotations

from dotmac_core_ops.module import Permission

PERMISSIONS = (
    Permission("customers:read", "See and search customers."),
    Permission("customers:write", "Create and change customers, suspend and reactivate them."),
    Permission("customers:bulk_edit", "Change up to 10,000 customers at once."),
    Permission("customers:assign", "Say which user looks after which customers."),
    Permission("customers:configure", "Define tags with their rules, and segments."),
    Permission("customers:merge", "Make one customer of two."),
    Permission("customers:notify", "Write to customers, and stop or allow writing to an address."),
    Permission("customers:export", "Take all customers away as a file."),
    Permission("customers:import", "Bring customers in from a file, and take that back."),
    Permission("portal_accounts:read", "See who signs in to the portal for a customer."),
    Permission("portal_accounts:write", "Invite customers to the portal, disable accounts."),
    Permission("portal:profile", "In the portal: one's own data."),
    Permission("portal:documents", "In the portal: documents that were shared, and one's own."),
    Permission("documents:read", "See customers' documents and fetch their files."),
    Permission("documents:write", "Upload documents of customers, and say what they are."),
    Permission("documents:verify", "Say whether a document is right."),
    Permission("documents:delete", "Delete documents of customers."),
    Permission("documents:private", "See documents that others marked as private."),
    Permission("documents:configure", "Choose which files may be uploaded."),
    Permission("data_requests:read", "See who asked for their data or to be forgotten."),
    Permission("data_requests:write", "Answer such requests: export and erase people's data."),
    Permission("data_requests:configure", "Say why and how long something is kept of the erased."),
    Permission("notes:read", "Read what the staff notes about customers."),
    Permission("notes:write", "Write notes about customers."),
    Permission("notes:private", "Read and remove notes that others marked as private."),
    Permission("customer_tasks:read", "See tasks about customers."),
    Permission("customer_tasks:write", "Make tasks about customers, and say that they are done."),
)
