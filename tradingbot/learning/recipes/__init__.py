# file: learning/recipes/__init__.py
