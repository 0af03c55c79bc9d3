"""Documents of customers: uploaded, checked, verified, handed out."""
