# file: core/market/download/__init__.py
"""Download: rows of a venue's history into the catalog, window by window, each whole and counted.

May import importers and what lies below; the venue comes in as a `History`. Start with `pipeline`.
"""
