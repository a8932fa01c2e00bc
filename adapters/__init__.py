# file: adapters/__init__.py
"""Adapters: Nautilus data and execution clients, and Bybit's public API; ibkr to come.

May import Nautilus, core.market and what lies below; foreign exceptions are mapped here. Only core.runtime and use
cases import it.
Start at replay.py (data), then sandbox.py (orders).
"""
