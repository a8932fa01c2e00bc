# file: ui/web/__init__.py
"""The dashboard: FastAPI, Jinja2 and server-sent events over `operations`.

Start with `app`, the list of its parts: `security` guards every request, `request` says who asks and whether they may,
`routes` call one operation each in the thread pools of `operations`, `responses` and `rendering` phrase what came back.
It may import operations, message types, config, lane and errors.
"""
