"""Seedance on Volcengine Ark, on BytePlus ModelArk, and on resellers that pass Ark's own wire through."""
