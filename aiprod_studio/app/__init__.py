"""Composition: the only room that wires parts together (packs, services, headless runs, logs)."""
