# file: core/overview/__init__.py
