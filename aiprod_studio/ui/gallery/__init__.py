"""The page that the window starts on: templates to begin with, recent files, unsaved work."""

from aiprod_studio.ui.gallery.page import GalleryPage

__all__ = ["GalleryPage"]
