"""Where customers are, are billed and are served."""
