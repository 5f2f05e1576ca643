"""Sizes of files in words."""

from __future__ import annotations


def size_shown(size: int) -> str:
    """Return a number of bytes in words, "" for none."""
    if size >= 10**9:
        return f"{size / 10**9:.1f} GB"
    return f"{max(1, round(size / 10**6))} MB" if size else ""
