# file: core/runtime/replay/__init__.py
"""Replay: a node's connection to the past: rows of the catalog in lock-step with a simulated venue, by the market's
clock, and the verifier of what a restarted node repeats.
May import its parent's files other than the hosts. The data and execution clients are adapters/replay.py and
adapters/sandbox.py.
Start with lockstep.py.
"""
