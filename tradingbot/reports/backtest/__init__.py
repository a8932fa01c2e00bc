# file: reports/backtest/__init__.py
"""Report of one backtest: page.py (HTML), terminal.py, and one file per concept with its tables and charts.

reader.py reads the result's JSON; warnings/ says why a result may be less than it looks. Imports core.runtime's
records and what is shared in reports. Start with page.py, which lists the sections in order.
"""
