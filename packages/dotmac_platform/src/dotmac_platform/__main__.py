"""`python -m dotmac_platform` is the `dotmac` command."""

from dotmac_platform.cli import main

if __name__ == "__main__":
    main()
