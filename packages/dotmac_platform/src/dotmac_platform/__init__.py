"""The DotMac platform: the modules composed into one application and one command."""

from importlib.metadata import version

__version__ = version("dotmac-platform")
