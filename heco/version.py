"""The version, alone in a file so that the command line can print it without importing anything."""

__version__ = "0.1.0"
