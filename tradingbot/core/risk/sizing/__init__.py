# file: core/risk/sizing/__init__.py
