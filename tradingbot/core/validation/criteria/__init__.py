# file: core/validation/criteria/__init__.py
