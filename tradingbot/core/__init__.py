# file: core/__init__.py
