"""Pausing, resuming, cancelling, winning back and handing over subscriptions."""
