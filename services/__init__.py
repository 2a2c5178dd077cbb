"""The local services: real ones, on the loopback address, under supervisor."""
