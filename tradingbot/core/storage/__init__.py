# file: core/storage/__init__.py
"""Storage that several rooms need: atomic files, file locks, SQLite, append-only tables.

It may import errors and config's home; it knows nothing of what is stored. Start reading at `atomicfile`.
"""
