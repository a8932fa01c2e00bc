# file: adapters/__init__.py
"""Adapters: Nautilus data and execution clients of venues: replayed data and the simulated venue today, bybit and ibkr
to come.
May import Nautilus, core/errors and messages; foreign exceptions are mapped here. Nothing but core/runtime imports it.
Start with replay.py.
"""
