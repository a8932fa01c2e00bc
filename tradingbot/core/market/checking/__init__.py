# file: core/market/checking/__init__.py
