# file: ui/web/routes/__init__.py
"""The dashboard's routes, a module per kind, each with its `router`; `app` includes them in one visible list."""
