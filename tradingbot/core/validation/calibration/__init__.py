# file: core/validation/calibration/__init__.py
