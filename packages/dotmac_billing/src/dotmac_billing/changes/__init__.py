"""Changes of running subscriptions, with what they cost or give back."""
