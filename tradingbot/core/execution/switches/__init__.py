# file: core/execution/switches/__init__.py
"""Switches of a lane on disk: the kill latch (there = killed) and the live switch (there = real money), with their
history.

May import core.storage, core.errors and core.lane only: no Nautilus, no NumPy, since `tradingbot kill` must work when
everything else is down.
Start at killlatch.py.
"""
