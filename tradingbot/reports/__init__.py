# file: reports/__init__.py
"""Reports of backtest, training, validation and calibration as HTML and for the terminal.

Lies above core.validation and below the verbs: it reads records and never computes what a record does not hold;
nothing in core imports it. Start with backtest/page.py. plotly is imported in document.py alone, so that terminal
summaries and `operations` stay light; assets/ holds the styles and the script.
"""
