# file: core/report/training/__init__.py
