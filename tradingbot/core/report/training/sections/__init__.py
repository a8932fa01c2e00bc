# file: core/report/training/sections/__init__.py
