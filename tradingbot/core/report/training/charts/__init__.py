# file: core/report/training/charts/__init__.py
