"""Programs, kegiatan and sub-kegiatan with their money and progress, linked to indicators."""
