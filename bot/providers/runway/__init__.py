"""Runway: its own models and those that it hosts, behind one API."""
