"""Asking for a second person's agreement and giving it; what needs it is said in core_ops."""
