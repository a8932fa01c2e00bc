# file: core/messages/__init__.py
