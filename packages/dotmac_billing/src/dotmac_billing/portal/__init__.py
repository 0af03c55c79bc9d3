"""What customers see of their bills in the portal."""
