# file: core/portfolio/__init__.py
