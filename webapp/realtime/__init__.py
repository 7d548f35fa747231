"""Telling browsers at once that something changed: the bus, its audience, and the streams that are held open."""
