"""The forms in which figures come and go: our CSV and JSON, DHIS2, ADX, and other systems' codes. Pure."""
