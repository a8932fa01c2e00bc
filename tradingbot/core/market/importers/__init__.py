# file: core/market/importers/__init__.py
