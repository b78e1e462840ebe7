"""Give returned units their serials and credit their customers, in batch."""
