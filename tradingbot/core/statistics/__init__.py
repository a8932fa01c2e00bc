# file: core/statistics/__init__.py
