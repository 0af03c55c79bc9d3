"""Where the tenant offers what."""
