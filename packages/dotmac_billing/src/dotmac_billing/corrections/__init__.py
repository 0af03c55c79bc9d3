"""What is decided about an issued invoice: void it, give it up, take it up again, send it."""
