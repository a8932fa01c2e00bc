# file: core/runtime/checkpoint/__init__.py
"""Checkpoints: a run at a moment of rest, written down, and put back into a fresh engine or node.

A checkpoint is a cache of the replay: restoring it and going on is equal, to the cent, to never having stopped. May
import its parent's files other than the hosts. Start with checkpoint.py.
"""
