# file: core/execution/venue/__init__.py
"""Simulated venue of a lane: fees, fills, financing and latency, as the models Nautilus' matching engine calls.

May import core.execution's errorcollector, marketwindow, conversion and record; nothing in core.execution imports it.
Start at venuemodels.py, which builds all of them from the lane's config.
"""
