"""The past as a log: visits of steps read from the journal or a file, timed and held against the procedure."""
