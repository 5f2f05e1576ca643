"""The window itself: documents in tabs, workspaces, menus, palette, status, settings, help.

`start` opens it. It joins what the other rooms of the window give and owns no document.
"""
