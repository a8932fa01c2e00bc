# file: learning/models/portable/__init__.py
