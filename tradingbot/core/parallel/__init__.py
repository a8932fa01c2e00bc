# file: core/parallel/__init__.py
