# file: ui/__init__.py
"""The interfaces besides the command line: they translate words, and import operations and message types alone."""
