# file: core/experiments/__init__.py
"""Experiments: whoever runs the engine to choose something runs through here, and every run is counted.
May import core.runtime and below (learning for the model a candidate was trained to), never core.validation.
This file stays empty of imports: jobs and trials are used without the engine. Start with experiment.py (a plan, its
opened market and hashes, opened once in a command), then runner.py (variants of it as jobs) and candidate.py.
"""
