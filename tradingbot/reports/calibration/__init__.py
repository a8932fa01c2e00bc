# file: reports/calibration/__init__.py
"""Report of the calibration of the validation gate: false-positive rate, power, sabotage.

Reads core.validation.calibration's record. Start with page.py.
"""
