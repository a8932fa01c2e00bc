# file: core/validation/lookahead/__init__.py
