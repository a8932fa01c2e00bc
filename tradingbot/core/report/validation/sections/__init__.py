# file: core/report/validation/sections/__init__.py
