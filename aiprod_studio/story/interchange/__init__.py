"""Trading boards and cuts with other programs; each importer gives what it found and what is odd.

OpenTimelineIO both ways, Fountain scripts, `.storyboarder` boards and folders of images inwards.
"""
