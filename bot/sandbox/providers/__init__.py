"""Embedded video providers that speak the vendors' wires: the same ones serve `make run`, the demo and the tests."""
