# file: learning/store/__init__.py
