# file: core/validation/__init__.py
