# file: core/execution/__init__.py
"""Execution: from a strategy's intent to an order at the venue, and what becomes of it there.

May import Nautilus, core.market, core.risk, core.portfolio, core.storage, core.messages and core.config; never the
runtime.
Start at lanestrategy.py (what a strategy may do), then riskview.py, gate.py (GATE) and ordermanager.py (what follows
an order).
Subpackages: venue/ is the simulated venue, switches/ the kill latch and the live switch on disk. Import nothing here:
the kill path must stay fast.
"""
