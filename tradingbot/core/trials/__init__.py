# file: core/trials/__init__.py
