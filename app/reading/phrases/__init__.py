"""The built-in reader: phrases, their index and how they match."""
