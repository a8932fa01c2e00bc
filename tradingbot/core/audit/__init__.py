# file: core/audit/__init__.py
