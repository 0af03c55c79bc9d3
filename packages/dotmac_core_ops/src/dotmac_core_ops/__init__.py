"""What every DotMac package stands on; its modules and sub-packages are its front doors."""
