# file: core/market/importers/__init__.py
"""Importers: market data files of every format, opened the same way, checked and brought into the catalog.

May import catalog and checks. A format is a function from a sheet to a recipe, listed in `opening.FORMATS`. Start
with `opening`, then `importpipeline`.
"""
