# file: ui/web/__init__.py
