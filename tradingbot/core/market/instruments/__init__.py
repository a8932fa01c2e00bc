# file: core/market/instruments/__init__.py
"""Instruments of `config/instruments/` as the engine's own objects.

May import core.config, calendars and core.storage and nautilus_trader. Start with `listings`; `venueterms` compares
them with what a venue says today, and `syncing` writes that into the home's files.
"""
