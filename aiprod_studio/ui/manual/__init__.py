"""The manual: a page for every node, made from its declaration, with a search."""

from aiprod_studio.ui.manual.pages import page
from aiprod_studio.ui.manual.panel import ManualPanel

__all__ = ["ManualPanel", "page"]
