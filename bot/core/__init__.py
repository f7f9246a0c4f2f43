"""The pure core: decisions without I/O. Standard library only; time, ids and randomness come in as arguments."""
