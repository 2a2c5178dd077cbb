"""What others would use, each a program of its own."""
