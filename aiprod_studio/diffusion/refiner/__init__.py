"""The interpolation refiner: keyframes in, film out, coarse to fine.

Fills frames between keyframes and corrects them with a model; keyframes come out as they went in.
Nodes and the evaluation use it; nothing here loads a model. The parts are imported from their
modules, since some need torch and some do not.
"""
