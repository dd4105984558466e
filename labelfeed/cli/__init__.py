"""The command line, one command a file; Keras is imported by the command that needs it."""

__all__ = []
