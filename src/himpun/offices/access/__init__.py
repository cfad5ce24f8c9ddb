"""How a person comes in: one-time links, and logins that are counted."""
