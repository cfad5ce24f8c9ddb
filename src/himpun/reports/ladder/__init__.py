"""Who is late, office by office, up to the region."""
