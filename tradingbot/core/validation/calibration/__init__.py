# file: core/validation/calibration/__init__.py
"""Calibration of the validation gate itself: its false positives on noise, its power on planted edges, and every known
sabotage.
May import all of core.validation and the registry. The promotion is handed in by the verb. Start with run.py.
"""
