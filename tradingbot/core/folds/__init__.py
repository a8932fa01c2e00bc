# file: core/folds/__init__.py
