"""What is wrong or doubtful in the text of an SOP. Pure."""
