# file: core/execution/__init__.py
"""Execution: from a strategy's intent to an order at the venue, and what becomes of it there.

May import Nautilus, core.market, core.risk, core.portfolio, core.storage, core.messages and core.config; never runtime.
Start at lanestrategy.py (what a strategy may do) and strategycontext.py (what it sees, and what works beneath it), then
riskview.py, gate.py (GATE), ordermanager.py (what follows an order) and killswitch.py.
Subpackages: venue/ is the simulated venue, switches/ the kill latch and the live switch on disk. Import nothing here:
the kill path must stay fast.
"""
