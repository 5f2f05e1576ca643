"""Our own small networks, one class per module; files name them by `_class_name`."""
