"""Code that all command lines share."""
