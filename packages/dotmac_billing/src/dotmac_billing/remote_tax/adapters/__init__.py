"""Where tax services are found."""
