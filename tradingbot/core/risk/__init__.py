# file: core/risk/__init__.py
"""Risk policy: the desk that approves, cuts or refuses an intent, its rules, position sizing and kill triggers.

Pure: decimal arithmetic on frozen values; may import core.config, core.messages, core.lane and core.errors. No engine,
no clock, no I/O.
Start at desk.py, then rulechain.py (the rules in their order) and view.py (all a rule may see).
"""
