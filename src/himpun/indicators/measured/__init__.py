"""What was measured: an office's year worked out in memory, what is kept of it, and its pictures."""
