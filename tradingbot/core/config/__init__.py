# file: core/config/__init__.py
