"""Jobs, the worker process and its measurements."""
