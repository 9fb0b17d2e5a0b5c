"""Starts and stops what the site needs on one machine: PostgreSQL, Redis, web, worker, scheduler.

Runs before Django is installed or configured, so it imports the standard library only.
"""
