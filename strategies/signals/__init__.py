# file: strategies/signals/__init__.py
