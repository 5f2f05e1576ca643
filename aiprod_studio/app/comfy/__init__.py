"""Workflows of ComfyUI as workflows of this program.

reading     the way in; `rendered` finds a workflow inside a rendered file
sheet       a workflow of ComfyUI as plain parts
canvas_form, nested, widgets    the form that its canvas saves, sub-graphs opened up
prompt_form the form for its server
lending     what our nodes must know and theirs do not say
table       which class of nodes becomes what, as data; `counterpart` is its record
rules       nodes without a plain counterpart, by subject
folding     samplers with all that serves them; `levels` and `guiding` read noise and guidance
converting  from a sheet to a document; `placing` its places, frames and notes
work, remarks   the workbench, and what is said at the end
"""

from aiprod_studio.app.comfy.reading import Converted, is_comfy, is_comfy_file, read_comfy
from aiprod_studio.app.comfy.rendered import inside, makes_film, open_comfy

__all__ = [
    "Converted", "inside", "is_comfy", "is_comfy_file", "makes_film", "open_comfy", "read_comfy",
]  # fmt: skip
