"""AIPROD Studio: films from storyboards on a graphics card with 8 GB."""

__version__ = "0.1.0"
