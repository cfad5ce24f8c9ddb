"""Himpun's own settings; only passwords are hashed quickly, so that an office of 500 people loads in seconds."""

from himpun.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
