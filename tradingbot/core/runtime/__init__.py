# file: core/runtime/__init__.py
"""Runtime: composes a set of strategies, models and the GATE into a host and keeps the record of what it did; backtest
host and paper node.
May import everything below layer 9 (adapters, learning lazily, execution, market, registry, risk, portfolio, storage,
config), nothing above; strategies are loaded by path.
No imports in this file: statefile, processlock and supervisor.reader are read by `status` and stay light.
Start with composition.py, then backtesthost.py and node.py; result.py is what a run leaves.
"""
