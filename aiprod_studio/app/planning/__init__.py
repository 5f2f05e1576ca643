"""What a run will take: peaks, times, tiles, and what would make it fit.

Used by runs before they begin, by the terminal and by the window.
"""
