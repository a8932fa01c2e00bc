# file: operations/audit/__init__.py
"""The audit log: every command of an operator and its outcome, append-only and chained by HMAC.

It may import storage, config's home and errors. Nothing below operations imports it. Start reading at `audited`.
"""
