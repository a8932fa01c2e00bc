# file: core/portfolio/__init__.py
"""Portfolio accounting: ledger and trades, equity curve, drawdown, performance ratios and metrics.

Pure: NumPy and decimal on plain values; may import core.messages, core.errors, core.time and core.arrays. No engine,
no clock, no I/O.
Start at ledger.py (fills into trades), then metrics.py (a run's summary).
"""
