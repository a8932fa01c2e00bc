# file: core/market/__init__.py
