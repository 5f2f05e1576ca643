"""How nodes of ComfyUI are taken over that have no plain counterpart, one file per subject."""
