# file: reports/validation/__init__.py
"""Report of one validation: page.py (HTML), terminal.py, and one file per concept with its table and chart.

Reads core.validation's ValidationRecord; wording.py (units, results as words) is light and used by operations too.
Start with page.py, which lists the sections in order.
"""
