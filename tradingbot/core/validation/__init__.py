# file: core/validation/__init__.py
"""Validation: decide, on out-of-sample evidence and against every trial ever run, whether a candidate may be promoted.
May import learning.training, core.experiments and everything below; reports and the verbs import it, never the other
way round.
Start with manager.py (the order of it all), then evidence.py and criteria.py (what is measured), evaluation.py and
verdict.py (what decides); recordbuilder.py fills record.py, which is what comes out.
"""
