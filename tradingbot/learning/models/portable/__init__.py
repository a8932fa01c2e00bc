# file: learning/models/portable/__init__.py
"""Portable models: trees, logistic regressions and calibrations as plain arrays, run in one compiled call.

Imports NumPy and numba alone. Start at portable.py.
"""
