# file: core/validation/stress/__init__.py
