"""Side-by-side measurements on real services: `make bench`."""
