"""What reaches the outside on behalf of documents."""
