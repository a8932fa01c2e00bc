# file: core/market/journal/__init__.py
"""The feed journal: what a feed heard from its venue, row by row, until each day is sealed into the catalog.

May import importers and what lies below. Start with `schema`, then `writer` (one feed process) and `livecatalog`
(everybody who reads: the catalog with the journal's rows behind its own).
"""
