"""Price lists as text: what a file says, how it differs from the catalogue, applying it."""
