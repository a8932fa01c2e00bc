# file: core/report/__init__.py
