# file: ui/__init__.py
