# file: core/risk/rules/__init__.py
"""Risk rules: each a frozen value whose `check` refuses or is silent; a cap also says how much room is left.

May import core.risk.view, core.risk.rounding and core.messages; never rulechain or the desk. Start at exposure.py.
Every class with a `check` here is installed exactly once in core/risk/rulechain.py
(tests/core/risk/testrulechain.py collects the folder).
"""
