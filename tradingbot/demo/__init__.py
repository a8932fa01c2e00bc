# file: demo/__init__.py
"""The demo: the whole life of a strategy on a synthetic market, in a home of its own.

It may import operations and the use cases. Start reading at `market`, then `lifecycle` and `papernodes`.
"""
