# file: core/risk/rules/__init__.py
