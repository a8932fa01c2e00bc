# file: core/report/validation/__init__.py
