# file: operations/__init__.py
