"""Other people's tools, each at its default budget, behind the two functions of a worker's tool.

They run in an environment of their own (``make peers``) and are no dependency of the project.
"""
