# file: core/switches/__init__.py
