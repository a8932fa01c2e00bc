# file: core/experiments/jobs/__init__.py
"""Independent jobs behind one map: worker processes of this machine or a Ray cluster, with retry and resume.
Imports core.errors alone, no engine. Start with dispatch.py: run_jobs.
"""
