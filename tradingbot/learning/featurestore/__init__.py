# file: learning/featurestore/__init__.py
"""Feature store: computed features in Delta tables, so that what was learned from can be read again.

Only training imports it (deltalake, pyarrow). Start at store.py.
"""
