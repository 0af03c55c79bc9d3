"""The DotMac platform: composition, import, reports and the dotmac command."""
