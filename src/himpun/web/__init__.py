"""The door for people: parse, call an action, render."""
