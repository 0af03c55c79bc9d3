"""How customers come, stay and go."""
