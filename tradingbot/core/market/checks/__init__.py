# file: core/market/checks/__init__.py
"""Data checks: one file per kind of defect, each fed chunk by chunk and listing its defects at the end.

May import the files beside it, columns, chunks, calendars, instruments; never the catalog or importers. `checker`
runs them in an explicit order. Start with `defects`, then `checker`.
"""
