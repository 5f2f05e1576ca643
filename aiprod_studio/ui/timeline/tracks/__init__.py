"""The timeline as it is seen and worked by hand: ruler, heads, tracks, and their painting."""
