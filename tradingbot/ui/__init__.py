# file: ui/__init__.py
"""The interfaces besides the command line: they translate words, decide nothing, and keep no state of trading.

They may import operations, message types and config. Start with `web`, the dashboard.
"""
