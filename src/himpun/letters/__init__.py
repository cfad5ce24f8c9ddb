"""The agenda of incoming letters, dispositions, and the registers of numbers."""
