# file: learning/__init__.py
