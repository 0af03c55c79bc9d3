"""New versions of plans for those who have an older one."""
