"""The optimisation loop: pictures that maximise an objective."""
