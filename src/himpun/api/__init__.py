"""The door for programs: parse, call an action, answer."""
