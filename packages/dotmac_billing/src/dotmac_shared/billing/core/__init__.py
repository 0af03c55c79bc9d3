"""An alias of `dotmac_billing`."""
