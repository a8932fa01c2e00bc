# file: core/market/synthetic/__init__.py
"""Synthetic markets for the demo and tests, seeded. Nothing found in them is evidence about a real market.

May import instruments, calendars and (`learnable`) the catalog. Start with `crypto`.
"""
