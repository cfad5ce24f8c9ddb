"""The running procedure: cycles, tasks, the acts of steps, deadlines and reminders. Here everything meets."""
