# file: core/registry/__init__.py
"""Registry of candidates: states, certificates, the key that signs them, and who is promoted right now.
Imports core.storage, core.config and the modules below; never the engine: it is read before every entry and by
`tradingbot status`.
Start with states.py, then store.py.
"""
