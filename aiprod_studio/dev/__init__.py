"""Tools for developers: `python -m aiprod_studio.dev check | new-node | docs`."""
