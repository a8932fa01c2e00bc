# file: reports/validation/__init__.py
"""Report of one validation: page.py (HTML), terminal.py, and one file per concept with its table and chart.

Reads core.validation's ValidationRecord and what is shared in reports; wording.py (units, thresholds, intervals) is
light and used by operations too. Start with page.py, which lists the sections in order.
"""
