# file: core/risk/__init__.py
