# file: core/messages/__init__.py
"""Messages that cross rooms, all frozen: intents, approvals, signals, and the views interfaces show.

Pure; it may import lane alone. Start reading at `intent` and `approval`.
"""
