# file: operations/accounts/__init__.py
"""Accounts, sessions and tokens: who may see and command through the dashboard and scripts.

It may import the audit log, message types and storage; no other room imports more of it than `access`. Start there.
"""
