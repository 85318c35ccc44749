"""Gradiente: o que os cadernos do curso importam."""

__version__ = "0.1.0"
