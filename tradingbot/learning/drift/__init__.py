# file: learning/drift/__init__.py
"""Drift detection: compare a market with the training data while its model trades.

NumPy and numba, no scipy: it runs in a trading process. Start at monitor.py, then baseline.py.
"""
