"""Access points that carry documents into the network."""
