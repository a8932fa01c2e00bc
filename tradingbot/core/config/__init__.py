# file: core/config/__init__.py
"""Configuration: a frozen model per JSON file under `config/`, unknown keys refused; and where the home is.

Pure but for reading those files; it may import lane and errors alone. Start reading at `load`.
"""
