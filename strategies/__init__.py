# file: strategies/__init__.py
"""Strategies: one file each, its params and its class. Named by path in config, imported by nothing.

May import Nautilus (its indicators among it), tradingbot.strategy and strategies.signals. Start at trendfollow.py.
"""
