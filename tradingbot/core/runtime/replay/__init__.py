# file: core/runtime/replay/__init__.py
"""Replay: the parts of a paper node that replay the past in lock-step: the simulated venue, and the verifier of what a
restarted node repeats.
May import its parent's files other than the node and its writer. The data and execution clients are adapters/replay.py
and adapters/sandbox.py.
Start with simulatedvenue.py.
"""
