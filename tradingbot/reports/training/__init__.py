# file: reports/training/__init__.py
"""Report of one training: page.py (HTML), terminal.py, and one file per concept with its table and chart.

Reads learning's TrainingRecord. assessment.py says what the numbers amount to; it is no verdict. Start with page.py.
"""
