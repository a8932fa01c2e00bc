# file: core/runtime/supervisor/__init__.py
"""Supervisor: what `tradingbot up` runs: spawn, watch, restart and end processes, one node each, and tell what
happens.
Knows processes, the standard library and config only; the engine is never imported here.
Start with supervisor.py; reader.py is what every other process reads by.
"""
