"""Give returned units their serials and credit their customers, in batch."""

__version__ = "0.1.0"
