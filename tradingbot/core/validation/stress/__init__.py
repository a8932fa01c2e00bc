# file: core/validation/stress/__init__.py
"""Stress tests: re-runs with perturbed parameters, dearer and slower trading, and the days by volatility regime.
Each gives records and a StressAnswer that the verdict reads; only plans are made here, the runner runs them. Start
with shocks.py.
"""
