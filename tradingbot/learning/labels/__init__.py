# file: learning/labels/__init__.py
