# file: core/report/calibration/__init__.py
