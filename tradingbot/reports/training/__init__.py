# file: reports/training/__init__.py
"""Report of one training: page.py (HTML), terminal.py, and one file per concept with its tables and charts.

Reads learning's TrainingRecord and what is shared in reports. assessment.py says what the numbers amount to; it is no
verdict, which only validation gives. Start with page.py, which lists the sections in order.
"""
