"""Measurements that anyone can rerun; every figure in the documentation comes from a command here."""
