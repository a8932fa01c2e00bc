# file: core/runtime/livefeed/__init__.py
"""The live feed process: a venue's stream into the feed journal, gaps filled, whole days into the catalog.

May import adapters, core.market and what lies below. Start with `feedhost`, then `gapfiller`.
"""
