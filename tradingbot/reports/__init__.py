# file: reports/__init__.py
"""Reports of backtest, training, validation and calibration: HTML pages, terminal summaries, warnings.

Lies above core.validation and below the verbs: it reads records and never computes what a record does not hold;
nothing in core imports it. Start with backtest/page.py. Shared by all: markup.py (HTML blocks), charts.py (Plotly
figures), answers.py (pass, fail, unsettled as word and icon), screen.py (terminal blocks), document.py (the whole file,
the only one that imports plotly, so that terminal summaries and `operations` stay light). assets/ holds styles, script.
"""
