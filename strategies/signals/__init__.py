# file: strategies/signals/__init__.py
"""Indicators that strategies feed bar by bar: pure Python, constant time a bar, no engine. Start at indicators.py."""
