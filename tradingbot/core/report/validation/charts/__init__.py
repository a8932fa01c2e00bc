# file: core/report/validation/charts/__init__.py
