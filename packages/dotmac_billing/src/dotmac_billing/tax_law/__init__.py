"""Writing tax law down: rules, registrations, categories, certificates, withholding."""
