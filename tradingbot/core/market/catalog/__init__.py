# file: core/market/catalog/__init__.py
"""The market data store: a Nautilus Parquet catalog, changed by transactions, read by time.

May import checks, instruments, calendars; never importers. Start with `catalog`, then `writer`.
"""
