# file: core/supervisor/__init__.py
