"""The program as its user starts it, with the weights that ship."""

from tests.app.conftest import home, program

__all__ = ["home", "program"]
