# file: core/market/calendars/__init__.py
"""Time: wall clocks and time zones, trading hours and holidays, sessions, and how much of them data covers.

Pure NumPy over `core.market.columns`: no engine, no pyarrow. Start with `sessions`.
"""
