# file: __init__.py
