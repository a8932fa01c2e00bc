# file: learning/checks/__init__.py
