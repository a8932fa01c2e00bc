# file: core/validation/criteria/__init__.py
"""Criteria: one judgement of the facts against a threshold each, and the hard rules.
Pure functions on frozen values; evaluation.py lists them in order in CRITERIA. Start with performance.py.
"""
