"""The families of models this program knows, one small descriptor each."""
