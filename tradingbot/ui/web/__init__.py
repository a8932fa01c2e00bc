# file: ui/web/__init__.py
"""The dashboard: FastAPI, Jinja2 and server-sent events over `operations`.

It may import operations, message types, lane and errors. Start reading at `app`, the list of its parts.
"""
