# file: core/experiments/trials/__init__.py
"""Trial ledger: the append-only record of every run that could have been chosen; it feeds the multiple-testing
correction.
Imports core.storage and core.errors, no engine. Start with ledger.py.
"""
