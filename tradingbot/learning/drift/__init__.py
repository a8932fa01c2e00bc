# file: learning/drift/__init__.py
