"""The command line: one module for each family of commands, and what the terminal shows."""
