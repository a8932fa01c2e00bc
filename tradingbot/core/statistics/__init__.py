# file: core/statistics/__init__.py
"""Statistics of returns and trades: Sharpe ratio and its errors, bootstraps, max-t correction, overfitting, effective
sample size, folds.
Pure NumPy and SciPy on arrays: no engine, clock or I/O. Imports core.arrays and core.errors alone.
Start with sharpe.py, then bootstrap.py and maxt.py: the verdict rests on these three.
"""
