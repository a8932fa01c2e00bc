# file: core/validation/lookahead/__init__.py
"""Lookahead analysis: take the future away, run again, and see whether past decisions change.
May import core.runtime, core.market and core.experiments.jobs. Start with analysis.py, then rerun.py.
"""
