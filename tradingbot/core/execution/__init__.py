# file: core/execution/__init__.py
