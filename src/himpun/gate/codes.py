"""How the processes of a service talk: exit codes (those of sysexits.h) and the names in their environment."""

SOFTWARE = 70
"""Himpun itself fails again and again."""
UNAVAILABLE = 69
"""The address cannot be listened on: it is taken, or is not this machine's."""
DATABASE_AWAY = 75
"""The database does not answer; trying again later makes sense."""
NO_PERMISSION = 77
"""The port may not be used by this user."""
CONFIG = 78
"""Settings or database are not as they must be: somebody has to do something first."""

SOCKET = "HIMPUN_SOCKET"
READY = "HIMPUN_READY"
WAIT = "HIMPUN_WAIT"
"""Environment: how many seconds a start waits for the database."""
