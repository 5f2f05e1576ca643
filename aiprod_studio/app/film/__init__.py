"""Films: shots and takes, how they are rendered, boards and exports.

Used by the terminal and the window; knows neither.
"""
