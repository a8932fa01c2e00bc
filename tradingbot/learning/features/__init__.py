# file: learning/features/__init__.py
"""Features: numbers per bar, by one compiled update for a live bar and for years of them.

One family per file (price, volatility, volume, microstructure, funding, crossasset, calendar), listed in catalogue.py.
Imports numba, core.market's arrays and core.statistics. Start at featureset.py, then feature.py.
"""
