# file: core/report/charts/__init__.py
