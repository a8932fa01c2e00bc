# file: core/report/sections/__init__.py
