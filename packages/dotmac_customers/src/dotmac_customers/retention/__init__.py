"""Why a tenant keeps something of people who were erased, and for how long."""
