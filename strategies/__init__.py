# file: strategies/__init__.py
"""Strategies: one file each, its params and its class. Named by path in config, imported by nothing.

They import tradingbot.strategy's names and strategies.signals. Start at trendfollow.py.
"""
