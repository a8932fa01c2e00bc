# file: core/access/__init__.py
