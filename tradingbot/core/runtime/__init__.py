# file: core/runtime/__init__.py
