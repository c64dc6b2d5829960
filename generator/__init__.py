"""Filterbook: a static-site generator for interpretability reports with evidence."""

__version__ = "0.1.0"
