"""What is frozen: recaps written once, and corrections of what they hold."""
