# file: learning/features/__init__.py
