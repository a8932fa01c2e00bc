# file: learning/models/__init__.py
