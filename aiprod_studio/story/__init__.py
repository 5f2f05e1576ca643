"""Storyboard and cut: scenes, shots, panels, takes, tracks and clips, exact time and edits.

States are frozen; edits make new ones. The document keeps them as its sections `story` and
`timeline` (`sections`); `playing` says what shows at a frame; `interchange` trades with other
programs. No Qt, no torch, no numpy.
"""
