# file: core/market/instruments/__init__.py
"""Instruments of `config/instruments/` as the engine's own objects.

May import core.config, calendars and nautilus_trader. Start with `listings`.
"""
