# file: core/runtime/parity/__init__.py
"""Parity: compare every intent, order and fill of a paper node with the backtest of its config, and name the cause of
each difference.
Reads a node's state file, never writes it. comparison.py is pure; check.py runs the engine.
Start with check.py.
"""
