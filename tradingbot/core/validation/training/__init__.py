# file: core/validation/training/__init__.py
