"""Graphs that the tests of the program run and break."""

PICTURE_TO_FILE = {
    "load": {"type": "files.load_image", "params": {"file": "boat.png"}},
    "resize": {
        "type": "edit.resize_image",
        "params": {"width": 64, "height": 48},
        "inputs": {"image": "load.image"},
    },
    "save": {
        "type": "files.save_image",
        "params": {"name": "small"},
        "inputs": {"image": "resize.image"},
    },
}
