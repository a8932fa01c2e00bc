# file: core/runtime/__init__.py
"""Runtime: composes strategies, models and the GATE into a host and keeps the record of what it did.
May import everything below layer 9 (adapters, learning lazily, execution, market, registry, risk, portfolio, storage,
config), nothing above; strategies are loaded by path.
listeners.py (clock, listeners) is built first and handed to every component; composition.py builds a lane from a plan
and is the one place that installs it. Hosts: backtesthost.py; papernode.py, which puts node.py (lifecycle, state file,
heartbeat) over replay/ (feed, lock-step, market clock, simulated venue); a live node puts node.py over a venue.
livefeed/ is a process of its own: it keeps a venue's data whole for those that wait at its journal's end.
No imports in this file: statefile, processlock and supervisor.reader are read by `status` and stay light.
Start with composition.py, then backtesthost.py and papernode.py; result.py is what a run leaves.
"""
