"""Providers: one package a vendor, each with client (I/O), wire (pure translation) and catalog (facts, prices)."""
