# file: reports/calibration/__init__.py
"""Report of the calibration of the validation gate: false-positive rate, power, sabotage tests.

Reads core.validation.calibration's record and what is shared in reports. Start with page.py.
"""
