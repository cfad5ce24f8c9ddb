"""When things are due: plan, forecast, clocks, pauses, and counting anew when the calendar changes."""
