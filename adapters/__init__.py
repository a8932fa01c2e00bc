# file: adapters/__init__.py
