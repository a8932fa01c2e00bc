# file: core/registry/__init__.py
