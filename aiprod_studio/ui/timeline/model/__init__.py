"""The half of the timeline that knows no Qt: where things lie, what the mouse is on, what it does.

`scale`, `rows` and `ruling` are geometry, `hitting` and `snapping` questions, `drafting` and
`gestures` make edits out of drags, `operations` out of keys. The widgets beside paint and forward.
"""
