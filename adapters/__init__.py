# file: adapters/__init__.py
"""Adapters: Nautilus data and execution clients: replayed data and the simulated venue today, bybit and ibkr to come.

May import Nautilus, core.errors and core.messages; foreign exceptions are mapped here. Only core.runtime imports it.
Start at replay.py (data), then sandbox.py (orders).
"""
