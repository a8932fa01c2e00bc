# file: strategies/__init__.py
