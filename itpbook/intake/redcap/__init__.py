"""REDCap: the data dictionary of a project that holds these records, and the way from its export to the four tables."""
