# file: learning/labels/__init__.py
"""Labels: the triple-barrier method, sample weights, and the resolver of live predictions.

Pure NumPy on frozen values; imports models and core.statistics. Start at triplebarrier.py.
"""
